import type { TriggerConfig, TriggerKind, TriggerOf } from '@hamon/contracts';
import type { Logger } from 'pino';
import type { PlantLinks } from '../../adapters/plant-links.js';
import type { TellCondition } from '../../conditions.js';
import type { Outlets } from '../outlets/outlets.js';
import { ModbusTrigger } from './modbus-trigger.js';
import { MqttTrigger } from './mqtt-trigger.js';
import { TriggerTroubles } from './trigger-troubles.js';
import type { Trigger } from './trigger.js';

export interface TriggerParts {
  readonly stream: string;
  readonly plant: PlantLinks;
  readonly outlets: Outlets;
  readonly tellCondition: TellCondition;
  readonly log: Logger;
}

type OpenTrigger<K extends TriggerKind> = (config: TriggerOf<K>, parts: TriggerParts) => Trigger;

/** Every kind of trigger that there is. */
const TRIGGER_KINDS: { readonly [K in TriggerKind]: OpenTrigger<K> } = {
  /** `POST /v1/streams/{stream}/trigger` asks the stream itself. */
  http: () => ({
    run: (_, signal) =>
      new Promise((resolve) => {
        if (signal.aborted) resolve();
        signal.addEventListener('abort', () => resolve(), { once: true });
      }),
  }),
  mqtt: (config, parts) =>
    new MqttTrigger({
      ...{ config, connection: parts.plant.broker(config.broker) },
      troubles: new TriggerTroubles(parts),
    }),
  modbus: (config, parts) =>
    new ModbusTrigger({
      ...{ config, link: parts.plant.modbus(config), outlet: parts.outlets.of(parts.stream) },
      troubles: new TriggerTroubles(parts),
    }),
};

export const openTrigger = (config: TriggerConfig, parts: TriggerParts): Trigger =>
  (TRIGGER_KINDS[config.kind] as OpenTrigger<TriggerKind>)(config, parts);
