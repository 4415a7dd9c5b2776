import { loadOptional } from './optional-package.js';

export type SparkplugType = 'Int32' | 'Int64' | 'Double' | 'Boolean' | 'String';

/** One value of a Sparkplug B payload (Sparkplug 3.0.0, 6.4.6). */
export interface SparkplugMetric {
  readonly name: string;
  readonly type: SparkplugType;
  /** Null says that there is none now. */
  readonly value: number | boolean | string | null;
  readonly timestamp?: number;
}

export interface SparkplugPayload {
  /** Milliseconds since 1970. */
  readonly timestamp: number;
  /** Absent in death certificates alone. */
  readonly seq?: number;
  readonly metrics: readonly SparkplugMetric[];
}

/** Between a payload and its bytes, by Eclipse Tahu's library. */
export interface SparkplugCodec {
  encode(payload: SparkplugPayload): Uint8Array;
  /** @throws where the bytes are no payload */
  decode(bytes: Uint8Array): {
    readonly metrics: readonly { readonly name: string; readonly value: unknown }[];
  };
}

/** @throws AgentError `package-missing` */
export async function loadSparkplug(): Promise<SparkplugCodec> {
  const neededFor = 'the format "sparkplug-b" of the sink plant-mqtt';
  const named = { name: 'sparkplug-payload', version: '1', neededFor };
  const { default: library } = await loadOptional(named, () => import('sparkplug-payload'));
  const tahu = library.get('spBv1.0');
  if (!tahu) throw new Error('sparkplug-payload does not know spBv1.0');
  return {
    encode: ({ metrics, ...rest }) =>
      tahu.encodePayload({ ...rest, metrics: metrics.map((metric) => ({ ...metric })) }),
    decode: (bytes) => {
      const metrics = tahu.decodePayload(bytes).metrics ?? [];
      return { metrics: metrics.map(({ name, value }) => ({ name: name ?? '', value })) };
    },
  };
}
