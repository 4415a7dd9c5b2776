import type { Logger } from 'pino';
import type { Secrets } from '../../adapters/secrets.js';
import type { TellCondition } from '../../conditions.js';
import type { OnDataEvent } from '../data-events.js';

/** What a source may need of the agent. */
export interface SourceParts {
  /** The stream that it is opened for; the first one where several share it. */
  readonly stream: string;
  readonly secrets: Secrets;
  /** Of the whole device. */
  readonly stateFolder: string;
  readonly maxPixels: number;
  /** Programs that the device's own file allows, by name. */
  readonly programs: Readonly<Record<string, readonly string[]>>;
  readonly onEvent: OnDataEvent;
  readonly tellCondition: TellCondition;
  readonly now: () => Date;
  readonly log: Logger;
}
