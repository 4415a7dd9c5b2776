import type { RunningVersion } from '@hamon/contracts';
import type { DeviceState } from '../core/device-state.js';
import { DONE } from '../core/step-outcome.js';
import type { Executors } from './executors.js';
import type { RunnerContext } from './runner-context.js';

/** A version that could not even be read when the agent started never was the active one. */
const rolledBackFrom = ({ deployment }: DeviceState): RunningVersion | null =>
  deployment?.state === 'rolled-back' ? deployment.target.version : null;

const KEPT = 'there is no former version to go back to; it stays';
const STOPPED = 'there is no former version to go back to; it is stopped, and the fallback answers';

/** The state has been written when these run; each moves pointers only, in one turn, between two frames. */
export function switchExecutors(
  context: RunnerContext,
): Pick<Executors, 'assign' | 'dropCandidate' | 'activate' | 'commit' | 'refuse' | 'rollBack' | 'reinstall'> {
  const { rack, course, keeper, tell, progress } = context;
  const dropCandidate = (): void => {
    if (context.router.shadowTally()?.role === 'candidate') rack.shadow(null, null);
    rack.unload('candidate');
  };
  return {
    assign: async ({ target }) => {
      const { candidate } = keeper.state.slots;
      const goesOn = candidate !== null && rack.of('candidate', candidate) !== null;
      if (!goesOn) {
        dropCandidate();
        course.newDeployment();
        progress(0, 0);
      }
      rack.serve(keeper.state);
      context.log.info({ version: target.version }, 'manifest assigned');
      return DONE;
    },
    dropCandidate: async () => {
      dropCandidate();
      return DONE;
    },
    activate: async ({ slot }) => {
      const { watch, slots } = keeper.state;
      rack.promote(watch !== null && rack.of('current', slots.previous) !== null);
      rack.serve(keeper.state);
      rack.shadow('previous', slots.previous);
      course.newCurrent();
      course.probationOf(slot.version.bundle, context.router.activeTally());
      tell('activated', { version: slot.version });
      return DONE;
    },
    commit: async () => {
      rack.serve(keeper.state);
      tell('committed', { version: keeper.state.slots.current?.version ?? null });
      return DONE;
    },
    refuse: async ({ reason }) => {
      dropCandidate();
      course.newDeployment();
      tell('refused', { version: keeper.state.deployment?.target.version ?? null, reason });
      return DONE;
    },
    rollBack: async ({ reason }) => {
      const failed = context.router.active?.version ?? null;
      const { current } = keeper.state.slots;
      const stays = failed !== null && current?.version.bundle === failed.bundle;
      const isStopped = current?.failed === 'stopped';
      // Read before the pointer moves: what cannot be read now is loaded, and judged, by the next plan.
      if (current) await rack.document(current).catch(() => undefined);
      rack.shadow(null, null);
      if (isStopped) rack.unload('current');
      else if (!stays) rack.demote();
      if (isStopped || !stays) course.newCurrent();
      course.newDeployment();
      course.endProbation();
      rack.serve(keeper.state);
      const detail = isStopped ? STOPPED : stays ? KEPT : '';
      tell('rolled-back', { version: failed ?? rolledBackFrom(keeper.state), reason, detail });
      return DONE;
    },
    reinstall: async () => {
      rack.unload('current');
      course.newCurrent();
      rack.serve(keeper.state);
      return DONE;
    },
  };
}
