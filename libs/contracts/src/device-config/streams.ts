import { z } from 'zod';
import { MAIN_STREAM, ModelName, StreamName } from '../names.js';
import { FramesPerSecond, Region } from './fields.js';
import { SamplePolicy } from './samples.js';
import { sharedDropProblems, type PlacedDrops } from './shared-drops.js';
import { sharedSinkProblems } from './shared-sinks.js';
import { Sinks, type SinkConfig } from './sinks.js';
import { SourceConfig, type SourceKind } from './sources.js';
import { TriggerConfig } from './triggers.js';

/** Streams of a device at most. */
export const MAX_STREAMS = 64;

/** What makes an answer a defect, told by the task: labels of classes, boxes and regions; limits of values. */
export const DefectRule = z.strictObject({
  labels: z.array(z.string().min(1).max(100)).min(1).max(1000).exactOptional(),
  /** Less confident answers are no defect. */
  minConfidence: z.number().min(0).max(1).exactOptional(),
  /** A value outside of its limits is a defect. */
  limits: z
    .record(
      z.string().min(1).max(100),
      z.strictObject({ minimum: z.number().exactOptional(), maximum: z.number().exactOptional() }),
    )
    .exactOptional(),
});
export type DefectRule = z.infer<typeof DefectRule>;

/** Frames cut out of another stream's, where its answer says: the detector finds the part, this stream looks at it. */
export const FromStream = z.strictObject({
  stream: StreamName,
  /** Boxes of this label alone. */
  label: z.string().min(1).max(100).exactOptional(),
  /** Added on each side, as a share of the box. */
  margin: z.number().min(0).max(5).default(0),
  /** Boxes of one frame at most, the most confident first. */
  maxPerFrame: z.int().min(1).max(64).default(8),
});
export type FromStream = z.infer<typeof FromStream>;

const RATED: readonly SourceKind[] = ['directory', 'ffmpeg', 'command'];
const TRIGGERED: readonly SourceKind[] = ['directory', 'ffmpeg', 'command'];

export const StreamRow = z
  .strictObject({
    name: StreamName,
    /** The model that answers its frames; the device's earliest one where it is left out. */
    model: ModelName.exactOptional(),
    source: SourceConfig.exactOptional(),
    from: FromStream.exactOptional(),
    /** What is played at this rate, or how many of a camera's frames are answered. */
    framesPerSecond: FramesPerSecond.exactOptional(),
    /** Frames are taken when it says so, instead of at a rate. */
    trigger: TriggerConfig.exactOptional(),
    /** The model sees this part of the frame alone. */
    region: Region.exactOptional(),
    sinks: Sinks.default([]),
    defect: DefectRule.exactOptional(),
    /** Pictures that are kept. */
    samples: SamplePolicy.exactOptional(),
    /** Parts of the frame that are made unrecognisable in whatever is kept. */
    blur: z.array(Region).max(16).exactOptional(),
  })
  .superRefine((row, context) => {
    const issue = (path: string, message: string): void =>
      context.addIssue({ code: 'custom', path: [path], message });
    if (row.source && row.from) issue('from', 'takes the place of a source: give one of the two');
    if (row.region && row.from)
      issue('region', 'is of a source: what another stream cuts out is a part already');
    const kind = row.from ? 'from' : (row.source?.kind ?? 'http');
    if (row.framesPerSecond !== undefined && !(RATED as readonly string[]).includes(kind)) {
      issue('framesPerSecond', `is of ${RATED.join(', ')}, not of "${kind}"`);
    }
    if (row.trigger && !(TRIGGERED as readonly string[]).includes(kind)) {
      issue('trigger', `takes the newest frame of ${TRIGGERED.join(', ')}; "${kind}" has none`);
    }
    if (row.trigger && row.framesPerSecond !== undefined && kind !== 'directory') {
      issue('framesPerSecond', 'a stream that waits for its trigger has no rate');
    }
  });

/** Further streams of a device, beside the one that `source` and `sinks` at the top are. */
export const Streams = z.array(StreamRow).max(MAX_STREAMS - 1);

/** One origin of frames: who answers them, and where the answers go. */
export type StreamConfig = Omit<z.infer<typeof StreamRow>, 'source'> & {
  readonly source: SourceConfig;
  readonly trigger?: TriggerConfig;
  readonly sinks: readonly SinkConfig[];
};

interface Parts {
  readonly source: SourceConfig;
  readonly sinks: readonly SinkConfig[];
  readonly streams: readonly z.infer<typeof StreamRow>[];
}

export interface PlacedStream {
  readonly config: StreamConfig;
  /** Where it stands in the file, as refusals name its fields; empty for the top. */
  readonly at: readonly (string | number)[];
}

/** `source` and `sinks` at the top are the stream `main`, which is there where nothing else is. */
export const streamsOf = (parts: Parts): StreamConfig[] => placedStreams(parts).map(({ config }) => config);

export function placedStreams({ source, sinks, streams }: Parts): PlacedStream[] {
  const others = streams.map((row, i): PlacedStream => {
    const own: SourceConfig = row.source ?? { kind: 'http' };
    const { framesPerSecond: rate, ...rest } = row;
    if (own.kind !== 'directory' || rate === undefined) {
      return { config: { ...row, source: own }, at: ['streams', i] };
    }
    return { config: { ...rest, source: { ...own, framesPerSecond: rate } }, at: ['streams', i] };
  });
  const hasTop = others.length === 0 || source.kind !== 'http' || sinks.length > 0;
  return hasTop ? [{ config: { name: MAIN_STREAM, source, sinks: [...sinks] }, at: [] }, ...others] : others;
}

export interface StreamProblem {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

/** Rules between streams. */
export function streamProblems(parts: Parts): StreamProblem[] {
  const rows = placedStreams(parts);
  return [
    ...namedTwice(rows),
    ...askedTwice(rows),
    ...sharedSinkProblems(rows),
    ...sharedDropProblems(dropsOf(rows)),
    ...wrongParents(rows),
  ];
}

function namedTwice(rows: readonly PlacedStream[]): StreamProblem[] {
  const seen = new Map<string, PlacedStream>();
  return rows.flatMap((row) => {
    const former = seen.get(row.config.name);
    seen.set(row.config.name, row);
    if (!former) return [];
    return [
      { path: [...row.at, 'name'], message: `"${row.config.name}" is the name of ${placeOf(former)} too` },
    ];
  });
}

/** Frames that come by HTTP name a model, no stream. */
function askedTwice(rows: readonly PlacedStream[]): StreamProblem[] {
  const asked = new Map<string | undefined, PlacedStream>();
  return rows.flatMap((row) => {
    const { source, from, model } = row.config;
    if (source.kind !== 'http' || from) return [];
    const former = asked.get(model);
    asked.set(model, row);
    if (!former) return [];
    const message = `${placeOf(former)} takes the frames that come by HTTP for the same model`;
    return [{ path: [...row.at, 'source'], message }];
  });
}

const dropsOf = (rows: readonly PlacedStream[]): PlacedDrops[] =>
  rows.flatMap((row) => {
    const { source, from } = row.config;
    if (source.kind !== 'drop-folder' || from) return [];
    return [{ source, at: [...row.at, 'source'], stream: placeOf(row) }];
  });

function wrongParents(rows: readonly PlacedStream[]): StreamProblem[] {
  const byName = new Map(rows.map(({ config }) => [config.name, config]));
  return rows.flatMap(({ config, at }) => {
    if (!config.from) return [];
    const path = [...at, 'from', 'stream'];
    const seen = new Set<string>([config.name]);
    for (let name: string | undefined = config.from.stream; name !== undefined;) {
      const parent = byName.get(name);
      if (!parent) return [{ path, message: `there is no stream "${name}"` }];
      if (seen.has(name)) return [{ path, message: `"${config.name}" would wait for its own answers` }];
      seen.add(name);
      name = parent.from?.stream;
    }
    return [];
  });
}

const placeOf = ({ at }: PlacedStream): string =>
  at.length === 0 ? 'the stream of source and sinks at the top' : at.join('.');
