import type { Logger } from 'pino';
import type { TellCondition } from '../../conditions.js';

export interface TriggerTroublesOptions {
  readonly stream: string;
  readonly tellCondition: TellCondition;
  readonly log: Logger;
}

/** Of what comes too often, so much is written to the log. */
const LOG_EVERY_MS = 60_000;

/** What goes wrong between a stream and what triggers it. */
export class TriggerTroubles {
  private isUnheard = false;
  private quietUntil = 0;
  private kept = 0;

  constructor(private readonly options: TriggerTroublesOptions) {}

  /** Null where it is heard again. */
  unheard(why: string | null): void {
    const { tellCondition, log, stream } = this.options;
    if (why === null) {
      if (this.isUnheard) log.info({ stream }, 'the trigger is heard again');
      this.isUnheard = false;
      tellCondition('trigger-unheard', null);
      return;
    }
    if (!this.isUnheard) log.warn({ stream, why }, 'the trigger cannot be heard');
    this.isUnheard = true;
    tellCondition('trigger-unheard', { detail: why });
  }

  /** The stream has another trigger now, or none. */
  leave(): void {
    this.options.tellCondition('trigger-unheard', null);
  }

  /** Something came that takes no frame, or an answer found nobody. */
  refused(why: string): void {
    const { log, stream } = this.options;
    this.kept += 1;
    if (performance.now() < this.quietUntil) return;
    log.warn({ stream, why, times: this.kept }, 'a trigger without an answer');
    this.kept = 0;
    this.quietUntil = performance.now() + LOG_EVERY_MS;
  }
}
