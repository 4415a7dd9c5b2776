import { MAIN_STREAM, ModelName, StreamName } from '@hamon/contracts';
import { z } from 'zod';

const path = z.string().min(1).max(4096);
const framesPerSecond = z.number().gt(0).max(1000);

export const Source = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('directory'),
    path,
    framesPerSecond: framesPerSecond.default(10),
    shuffleSeed: z.int().min(0).default(1),
  }),
  z.strictObject({ kind: z.literal('http') }),
]);
export type SourceConfig = z.infer<typeof Source>;

const Sink = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('jsonl'),
    path,
    maxBytes: z
      .int()
      .min(4096)
      .default(16 * 1024 ** 2),
  }),
  /** The broker's `…/results` topic, for the plant's own systems. */
  z.strictObject({ kind: z.literal('mqtt') }),
]);
export type SinkConfig = z.infer<typeof Sink>;
export const Sinks = z.array(Sink).max(8);

const StreamRow = z
  .strictObject({
    name: StreamName,
    /** The model that answers its frames; the device's earliest one where it is left out. */
    model: ModelName.exactOptional(),
    source: Source.default({ kind: 'http' }),
    /** Of the source, where it has a rate. */
    framesPerSecond: framesPerSecond.exactOptional(),
    sinks: Sinks.default([]),
  })
  .superRefine(({ source, framesPerSecond: rate }, context) => {
    if (rate === undefined || source.kind === 'directory') return;
    const message = `is of a source that plays images, not of "${source.kind}"`;
    context.addIssue({ code: 'custom', path: ['framesPerSecond'], message });
  });

/** Further streams of a device, beside the one that `source` and `sinks` at the top are. */
export const Streams = z.array(StreamRow).max(63);

/** One origin of frames: who answers them, and where the answers go. */
export interface StreamConfig {
  readonly name: string;
  readonly model?: string;
  readonly source: SourceConfig;
  readonly sinks: readonly SinkConfig[];
  /** Where it stands in the file, as refusals name its fields; empty for the top. */
  readonly at: string;
}

interface Parts {
  readonly source: SourceConfig;
  readonly sinks: readonly SinkConfig[];
  readonly streams: z.infer<typeof Streams>;
}

/** `source` and `sinks` at the top are the stream `main`, which is there where nothing else is. */
export function streamsOf({ source, sinks, streams }: Parts): StreamConfig[] {
  const others = streams.map(({ framesPerSecond: rate, ...row }, i): StreamConfig => {
    const played =
      row.source.kind === 'directory' && rate !== undefined
        ? { ...row.source, framesPerSecond: rate }
        : row.source;
    return { ...row, source: played, at: `streams.${i}.` };
  });
  const hasTop = others.length === 0 || source.kind !== 'http' || sinks.length > 0;
  return hasTop ? [{ name: MAIN_STREAM, source, sinks, at: '' }, ...others] : others;
}

export interface StreamProblem {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

/** Rules between streams. */
export function streamProblems(parts: Parts): StreamProblem[] {
  const problems: StreamProblem[] = [];
  const seen = new Map<string, string>();
  const asked = new Map<string | undefined, string>();
  const files = new Map<string, { readonly maxBytes: number; readonly at: string }>();
  for (const { name, model, source, sinks, at } of streamsOf(parts)) {
    const path = at.split('.').filter((part) => part !== '');
    const former = seen.get(name);
    if (former !== undefined) {
      problems.push({ path: [...path, 'name'], message: `"${name}" is the name of ${placeOf(former)} too` });
    }
    seen.set(name, at);
    if (source.kind === 'http') {
      const other = asked.get(model);
      if (other !== undefined) {
        const message = `${placeOf(other)} takes the frames that come by HTTP for the same model`;
        problems.push({ path: [...path, 'source'], message });
      }
      asked.set(model, at);
    }
    sinks.forEach((sink, i) => {
      if (sink.kind !== 'jsonl') return;
      const file = files.get(sink.path);
      if (file && file.maxBytes !== sink.maxBytes) {
        const message = `is ${file.maxBytes} for the same file in ${file.at}`;
        problems.push({ path: [...path, 'sinks', i, 'maxBytes'], message });
      }
      files.set(sink.path, { maxBytes: sink.maxBytes, at: `${at}sinks.${i}` });
    });
  }
  return problems;
}

const placeOf = (at: string): string =>
  at === '' ? 'the stream of source and sinks at the top' : at.slice(0, -1);
