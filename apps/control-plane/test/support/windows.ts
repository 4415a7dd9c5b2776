import { randomUUID } from 'node:crypto';
import type { RunningVersion, TelemetryWindow } from '@hamon/contracts';
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

/** One window of a device, a second long, of as many answers. */
export function windowOf(
  device: string,
  answering: RunningVersion,
  shadow: TelemetryWindow['shadow'],
  inferences: number,
): TelemetryWindow {
  const endedAt = new Date();
  return {
    schema: 'hamon.window/2',
    stream: 'main',
    id: randomUUID(),
    device,
    startedAt: new Date(endedAt.getTime() - 1000).toISOString(),
    endedAt: endedAt.toISOString(),
    answering,
    inferences,
    errors: 0,
    skipped: 0,
    fallbacks: {},
    summary: halfAndHalf(inferences),
    latencyMs: latencies(inferences),
    rssMb: { supervisor: 80, worker: 90 },
    ...(shadow ? { shadow } : {}),
  };
}
