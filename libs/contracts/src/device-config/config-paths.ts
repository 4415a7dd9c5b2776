import type { SinkConfig } from './sinks.js';
import type { SourceConfig } from './sources.js';
import type { TriggerConfig } from './triggers.js';

type Field = readonly (string | number)[];

/** What becomes of one path of a configuration; `field` is where it stands. */
export type MapPath = (path: string, field: Field) => string;

/** What of a configuration may name files and folders. */
export interface WithPaths {
  readonly source: SourceConfig;
  readonly sinks: readonly SinkConfig[];
  readonly streams: readonly {
    readonly source?: SourceConfig;
    readonly trigger?: TriggerConfig;
    readonly sinks: readonly SinkConfig[];
  }[];
}

/** The same configuration with each path of its streams as `map` has it. */
export function mapConfigPaths<C extends WithPaths>(config: C, map: MapPath): C {
  const { source, sinks, streams } = config;
  return {
    ...config,
    source: ofSource(source, ['source'], map),
    sinks: sinks.map((sink, i) => ofSink(sink, ['sinks', i], map)),
    streams: streams.map((row, i) => ({
      ...row,
      ...(row.source && { source: ofSource(row.source, ['streams', i, 'source'], map) }),
      ...(row.trigger && { trigger: withBroker(row.trigger, ['streams', i, 'trigger'], map) }),
      sinks: row.sinks.map((sink, j) => ofSink(sink, ['streams', i, 'sinks', j], map)),
    })),
  };
}

function ofSource(source: SourceConfig, at: Field, map: MapPath): SourceConfig {
  if (source.kind === 'directory' || source.kind === 'drop-folder') return mapped(source, ['path'], at, map);
  return source.kind === 'ffmpeg' ? mapped(source, ['file'], at, map) : source;
}

const ofSink = (sink: SinkConfig, at: Field, map: MapPath): SinkConfig =>
  sink.kind === 'jsonl' ? mapped(sink, ['path'], at, map) : withBroker(sink, at, map);

function withBroker<T extends SinkConfig | TriggerConfig>(config: T, at: Field, map: MapPath): T {
  if (!('broker' in config)) return config;
  const broker = mapped(config.broker, ['ca', 'certificate', 'key'], [...at, 'broker'], map);
  return { ...config, broker };
}

function mapped<T extends object>(holder: T, names: readonly string[], at: Field, map: MapPath): T {
  const paths = Object.entries(holder).filter(
    (entry): entry is [string, string] => names.includes(entry[0]) && typeof entry[1] === 'string',
  );
  return { ...holder, ...Object.fromEntries(paths.map(([name, path]) => [name, map(path, [...at, name])])) };
}
