import type { SinkConfig, SinkKind, SinkOf } from '@hamon/contracts';
import type { Logger } from 'pino';
import type { Secrets } from '../../adapters/secrets.js';
import { AgentError } from '../../agent-error.js';
import type { TellCondition } from '../../conditions.js';
import type { OnDataEvent } from '../data-events.js';
import { JsonlSink } from './jsonl-sink.js';
import { MqttSink, type ResultPublisher } from './mqtt-sink.js';
import type { ResultSink } from './result-sink.js';

/** What a sink may need of the agent. */
export interface SinkParts {
  readonly fleet: string;
  readonly device: string;
  readonly publisher: ResultPublisher;
  readonly secrets: Secrets;
  readonly stateFolder: string;
  readonly onEvent: OnDataEvent;
  readonly tellCondition: TellCondition;
  readonly log: Logger;
}

interface SinkRow<K extends SinkKind> {
  /** What it writes to. */
  place(config: SinkOf<K>): string;
  open(config: SinkOf<K>, parts: SinkParts): ResultSink;
}

/** Every kind of sink that there is. */
const SINK_KINDS: { readonly [K in SinkKind]?: SinkRow<K> } = {
  jsonl: {
    place: ({ path }) => path,
    open: (config, parts) => new JsonlSink({ ...config, ...parts }),
  },
  mqtt: { place: () => '', open: (_, parts) => new MqttSink(parts) },
};

export const placeOf = (config: SinkConfig): string =>
  `${config.kind} ${rowOf(config.kind).place(config as never)}`;

export const openSink = (config: SinkConfig, parts: SinkParts): ResultSink =>
  rowOf(config.kind).open(config as never, parts);

function rowOf(kind: SinkKind): SinkRow<SinkKind> {
  const row = SINK_KINDS[kind] as SinkRow<SinkKind> | undefined;
  if (row) return row;
  throw new AgentError('config-invalid', `sinks.kind: this agent knows no "${kind}"`);
}
