import type { Reason, RunningVersion } from '@hamon/contracts';
import type { ModelState } from '../core/model-state.js';
import { DONE, type StepOutcome } from '../core/step-outcome.js';
import { neededContent } from '../core/wanted-bundles.js';
import type { Executors } from './executors.js';
import type { RunnerContext } from './runner-context.js';

/** For a version that the router never served: its files could not be read when the agent started. */
const rolledBackFrom = ({ deployment }: ModelState): RunningVersion | null =>
  deployment?.state === 'rolled-back' ? deployment.target.version : null;

const KEPT = 'there is no former version to go back to; it stays';
const STOPPED = 'there is no former version to go back to; it is stopped, and the fallback answers';

/** The state is on disk before these run. Each of them only moves pointers, between two frames. */
export function switchExecutors(
  context: RunnerContext,
): Pick<Executors, 'assign' | 'dropCandidate' | 'activate' | 'commit' | 'refuse' | 'rollBack' | 'reinstall'> {
  const { processes, memory, keeper, tell, progress } = context;
  const dropCandidate = (): void => {
    if (context.router.shadowTally()?.role === 'candidate') processes.shadow(null, null);
    processes.unload('candidate');
  };
  return {
    assign: async ({ target }) => {
      const { candidate } = keeper.state.slots;
      const goesOn = candidate !== null && processes.of('candidate', candidate) !== null;
      if (!goesOn) {
        dropCandidate();
        memory.newDeployment();
        progress(0, 0);
      }
      processes.forgetDocuments(neededContent([keeper.state]).bundles);
      processes.serve(keeper.state);
      context.log.info({ version: target.version }, 'manifest assigned');
      return DONE;
    },
    dropCandidate: async () => {
      dropCandidate();
      return DONE;
    },
    activate: async ({ slot }) => {
      const { watch, slots } = keeper.state;
      processes.promote(watch !== null && processes.of('current', slots.previous) !== null);
      processes.serve(keeper.state);
      processes.shadow('previous', slots.previous);
      memory.newCurrent();
      memory.probationOf(slot.version.bundle, context.router.activeTally());
      tell('activated', { version: slot.version });
      return DONE;
    },
    commit: async () => {
      processes.serve(keeper.state);
      tell('committed', { version: keeper.state.slots.current?.version ?? null });
      return DONE;
    },
    refuse: async ({ reason }) => {
      dropCandidate();
      memory.newDeployment();
      tell('refused', { version: keeper.state.deployment?.target.version ?? null, reason });
      return DONE;
    },
    rollBack: ({ reason }) => rollBack(context, reason),
    reinstall: async () => {
      processes.unload('current');
      memory.newCurrent();
      processes.serve(keeper.state);
      return DONE;
    },
  };
}

async function rollBack(context: RunnerContext, reason: Reason): Promise<StepOutcome> {
  const { processes, memory, keeper, tell } = context;
  const failed = context.router.active?.version ?? null;
  const { current } = keeper.state.slots;
  const stays = failed !== null && current?.version.bundle === failed.bundle;
  const isStopped = current?.failed === 'stopped';
  // Read before the pointer moves. What cannot be read now is loaded, and judged, by the next plan.
  if (current) await processes.document(current).catch(() => undefined);
  processes.shadow(null, null);
  if (isStopped) processes.unload('current');
  else if (!stays) processes.demote();
  if (isStopped || !stays) memory.newCurrent();
  memory.newDeployment();
  memory.endProbation();
  processes.serve(keeper.state);
  const detail = isStopped ? STOPPED : stays ? KEPT : '';
  tell('rolled-back', { version: failed ?? rolledBackFrom(keeper.state), reason, detail });
  return DONE;
}
