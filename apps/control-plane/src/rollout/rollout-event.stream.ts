import { Injectable } from '@nestjs/common';
import { hasEnded } from '@hamon/rollout';
import { followHistory, type FollowedHistory } from '../platform/history/follow-history.js';
import { DecisionSignal } from './decision-signal.js';
import { RolloutEventStore } from './rollout-event.store.js';
import { RolloutService } from './rollout.service.js';

/** How late an event may come where another replica decides. */
const POLL_MS = 1000;

/** A rollout's history as it is written, in the text format of server-sent events. */
@Injectable()
export class RolloutEventStream {
  constructor(
    private readonly service: RolloutService,
    private readonly events: RolloutEventStore,
    private readonly decisions: DecisionSignal,
  ) {}

  follow(fleet: string, id: string, after: number, signal: AbortSignal): AsyncGenerator<string> {
    const history: FollowedHistory = {
      schema: 'hamon.rollout-event/1',
      look: async () => {
        const { rollout } = await this.service.find(fleet, id);
        return { hasEnded: hasEnded(rollout.status.state) };
      },
      after: (seq: number, limit: number) => this.events.after(id, seq, limit),
      news: () => this.decisions.wait(POLL_MS, signal),
    };
    return followHistory(history, after, signal);
  }
}
