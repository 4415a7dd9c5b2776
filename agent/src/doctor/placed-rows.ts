import {
  streamsOf,
  type DeviceConfig,
  type SinkConfig,
  type SourceConfig,
  type TriggerConfig,
} from '@hamon/contracts';

export interface PlacedRow {
  /** The stream, and which part of it. */
  readonly about: string;
  readonly row: SourceConfig | SinkConfig | TriggerConfig;
}

/** Every source, trigger and sink of the configuration. */
export const placedRows = (config: DeviceConfig): readonly PlacedRow[] =>
  streamsOf(config).flatMap(({ name, source, from, trigger, sinks }) => [
    ...(from ? [] : [{ about: `${name}, source`, row: source }]),
    ...(trigger ? [{ about: `${name}, trigger`, row: trigger }] : []),
    ...sinks.map((row) => ({ about: `${name}, sink`, row })),
  ]);
