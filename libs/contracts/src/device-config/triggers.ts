import { z } from 'zod';
import { ModbusAddress, modbusServer } from './modbus.js';
import { PlantBroker, Qos, Topic } from './plant-broker.js';

const common = {
  /** The newest frame at the trigger's time and delay, or the first one after it. */
  frame: z.enum(['latest', 'next']).default('latest'),
  /** The part takes so long from the sensor to the camera. */
  delayMs: z.int().min(0).max(60_000).default(0),
  /** No frame by then: the trigger is answered with an error. */
  frameTimeoutMs: z.int().min(10).max(60_000).default(2000),
};

export const TriggerConfig = z.discriminatedUnion('kind', [
  /** `POST /v1/streams/{stream}/trigger`. */
  z.strictObject({ kind: z.literal('http'), ...common }),
  z.strictObject({
    kind: z.literal('mqtt'),
    ...common,
    broker: PlantBroker,
    topic: Topic,
    /** Where the answer goes besides the stream's sinks. */
    answerTopic: Topic.exactOptional(),
    qos: Qos.default(1),
  }),
  z
    .strictObject({
      kind: z.literal('modbus'),
      ...common,
      ...modbusServer,
      /** Rising from 0 to 1, it triggers. */
      coil: ModbusAddress,
      input: z.enum(['coil', 'discrete']).default('coil'),
      pollMs: z.int().min(5).max(60_000).default(20),
      /** Writes the coil back to 0 when the answer is there. */
      reset: z.boolean().default(false),
      /** A coil that is 1 from the answer until the trigger is back at 0. */
      done: ModbusAddress.exactOptional(),
    })
    .superRefine(({ input, reset, coil, done }, context) => {
      const issue = (path: string, message: string): void =>
        context.addIssue({ code: 'custom', path: [path], message });
      if (reset && input === 'discrete') issue('reset', 'is of coils: a discrete input cannot be written');
      if (done === coil && input === 'coil') issue('done', 'must be another coil than the trigger');
    }),
]);
export type TriggerConfig = z.infer<typeof TriggerConfig>;
export type TriggerKind = TriggerConfig['kind'];
export type TriggerOf<K extends TriggerKind> = Extract<TriggerConfig, { kind: K }>;
