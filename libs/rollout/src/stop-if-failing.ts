import { standStill } from './stand-still.js';
import { MOST_PER_DECISION, type Phase } from './phase.js';
import { beginRollback } from './roll-back.js';
import { judgeStage } from './stage-view.js';

/**
 * A rollout that is paused or waits for approval assigns nothing and widens nothing, but still goes back on `fail`. While it
 * is paused, nobody switches either.
 */
export const stopIfFailing: Phase = (rollout, seen, now) => {
  const judgement = judgeStage(rollout, seen, now);
  if (judgement.verdict === 'fail') return beginRollback(rollout, judgement, seen, now);
  // The judgement that paused it, or let it pass, stays on record.
  if (rollout.status.state !== 'paused') return { next: rollout, commands: [] };
  return standStill(rollout, seen.members, MOST_PER_DECISION);
};
