import type { DetectionAnswer } from '@hamon/contracts';

/** `2 Crack, 1 Fray`, the commonest first. */
export function describe({ detections }: DetectionAnswer): string {
  const counts = new Map<string, number>();
  for (const { label } of detections) counts.set(label, (counts.get(label) ?? 0) + 1);
  const parts = [...counts].sort(([, a], [, b]) => b - a).map(([label, n]) => `${n} ${label}`);
  return parts.length === 0 ? 'nothing' : parts.join(', ');
}
