import type { Logger } from 'pino';
import type { PlantLinks } from '../../adapters/plant-links.js';
import type { Secrets } from '../../adapters/secrets.js';
import type { TellCondition } from '../../conditions.js';
import type { OnDataEvent } from '../data-events.js';
import type { ResultPublisher } from './mqtt-sink.js';

/** What a sink may need of the agent. */
export interface SinkParts {
  readonly fleet: string;
  readonly device: string;
  readonly publisher: ResultPublisher;
  /** Connections with the plant's own systems. */
  readonly plant: PlantLinks;
  readonly secrets: Secrets;
  readonly stateFolder: string;
  readonly onEvent: OnDataEvent;
  readonly tellCondition: TellCondition;
  readonly log: Logger;
  /** By which whatever happens now is dated. */
  readonly now: () => Date;
}
