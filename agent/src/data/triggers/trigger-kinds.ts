import type { TriggerConfig, TriggerKind, TriggerOf } from '@hamon/contracts';
import type { Logger } from 'pino';
import type { Secrets } from '../../adapters/secrets.js';
import { AgentError } from '../../agent-error.js';
import type { TellCondition } from '../../conditions.js';
import type { OnDataEvent } from '../data-events.js';
import type { Trigger } from './trigger.js';

export interface TriggerParts {
  readonly stream: string;
  readonly device: string;
  readonly secrets: Secrets;
  readonly onEvent: OnDataEvent;
  readonly tellCondition: TellCondition;
  readonly log: Logger;
}

type OpenTrigger<K extends TriggerKind> = (config: TriggerOf<K>, parts: TriggerParts) => Trigger;

/** Every kind of trigger that there is. */
const TRIGGER_KINDS: { readonly [K in TriggerKind]?: OpenTrigger<K> } = {
  /** `POST /v1/streams/{stream}/trigger` asks the stream itself. */
  http: () => ({
    run: (_, signal) =>
      new Promise((resolve) => {
        if (signal.aborted) resolve();
        signal.addEventListener('abort', () => resolve(), { once: true });
      }),
  }),
};

export function openTrigger(config: TriggerConfig, parts: TriggerParts): Trigger {
  const open = TRIGGER_KINDS[config.kind] as OpenTrigger<TriggerKind> | undefined;
  if (open) return open(config, parts);
  throw new AgentError('config-invalid', `trigger.kind: this agent knows no "${config.kind}"`);
}
