import type { TelemetryWindow } from '@hamon/contracts';
import { LatencySketchBuilder } from '@hamon/stats';

export function latencies(count: number, valueMs = 5): TelemetryWindow['latencyMs'] {
  const builder = new LatencySketchBuilder();
  for (let i = 0; i < count; i++) builder.add(valueMs + (i % 10) / 10);
  const { bins, ...rest } = builder.build();
  return { ...rest, bins: bins.map(([bin, n]) => [bin, n]) };
}

/** Half of the answers low, half high. */
export const halfAndHalf = (answers: number): TelemetryWindow['summary'] => ({
  kind: 'classification/1',
  answers,
  labels: { low: answers / 2, high: answers / 2 },
  others: 0,
  confidence: Array.from({ length: 20 }, (_, i) => (i === 18 ? answers : 0)),
});
