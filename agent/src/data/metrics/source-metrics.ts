import type { Registry } from 'prom-client';
import type { SourceState } from '../sources/frame-source.js';
import { counter, gauge, type Values } from './register.js';

export interface MeasuredStream {
  readonly name: string;
  /** Null before it is started. */
  readonly source: SourceState | null;
}

/** How the sources of streams are; of one that several share, each stream shows the same. */
export function sourceMetrics(registry: Registry, streams: () => readonly MeasuredStream[]): void {
  const of = (value: (source: SourceState) => number | undefined) => (): Values =>
    streams().flatMap(({ name, source }) => {
      const read = source && value(source);
      return typeof read === 'number' ? [[{ stream: name }, read] as const] : [];
    });
  counter(registry, {
    ...{ name: 'hamon_source_frames_total', help: 'Frames that came from a stream’s source' },
    ...{ labels: ['stream'], read: of(({ frames }) => frames) },
  });
  counter(registry, {
    ...{ name: 'hamon_source_restarts_total', help: 'How often a stream’s source was begun anew' },
    ...{ labels: ['stream'], read: of(({ restarts }) => restarts) },
  });
  gauge(registry, {
    ...{ name: 'hamon_source_up', help: 'Whether frames come from a stream’s source: 1, else 0' },
    ...{ labels: ['stream'], read: of(({ state }) => (state === 'running' ? 1 : 0)) },
  });
  gauge(registry, {
    name: 'hamon_source_last_frame_timestamp_seconds',
    help: 'When the last frame came from a stream’s source',
    ...{ labels: ['stream'], read: of(({ lastFrameAt }) => lastFrameAt && lastFrameAt.getTime() / 1000) },
  });
}
