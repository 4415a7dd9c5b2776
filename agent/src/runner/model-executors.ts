import { ContentError } from '@hamon/content';
import { selfTest } from '@hamon/inference';
import { untilAborted } from '../adapters/until-aborted.js';
import { DONE, type StepOutcome } from '../core/step-outcome.js';
import type { Slot } from '../core/model-state.js';
import type { Executors } from './executors.js';
import { reasonOf } from './reason-of.js';
import type { RunnerContext } from './runner-context.js';

/** Start, test and stop child processes. */
export function modelExecutors(
  context: RunnerContext,
): Pick<
  Executors,
  'loadCurrent' | 'unloadCurrent' | 'loadCandidate' | 'loadPrevious' | 'stopShadow' | 'selfTest'
> {
  const { processes, keeper, bundles, log } = context;
  return {
    loadCurrent: ({ slot }, signal) => loadCurrent(context, slot, signal),
    unloadCurrent: async () => {
      const { current } = keeper.state.slots;
      processes.makeRoom();
      if (current) processes.serve(keeper.state);
      return DONE;
    },
    loadCandidate: async ({ slot }, signal) => {
      await processes.load('candidate', slot, signal);
      return DONE;
    },
    loadPrevious: async ({ slot }, signal) => {
      await processes.load('previous', slot, signal);
      processes.shadow('previous', slot);
      return DONE;
    },
    stopShadow: async () => {
      processes.shadow(null, null);
      processes.unload('previous');
      return DONE;
    },
    selfTest: async ({ slot }, signal) => {
      const child = processes.of('candidate', slot);
      if (!child) return { kind: 'interrupted' };
      const { version, policy } = slot;
      child.selfTest ??= selfTest(
        child.host,
        bundles.pathOf(version.bundle),
        child.document,
        version.variant,
        policy,
      );
      const report = await untilAborted(child.selfTest, signal);
      if (!report) return { kind: 'interrupted' };
      if (!report.ok) return { kind: 'failed', reason: report.error };
      log.info({ report: report.value, version: version.version }, 'self-test passed');
      return DONE;
    },
  };
}

/** Failing here is no failed deployment: it counts as one more crash of the current version. */
async function loadCurrent(
  { processes, keeper, memory, log }: RunnerContext,
  slot: Slot,
  signal: AbortSignal,
): Promise<StepOutcome> {
  try {
    await processes.document(slot);
    // From here on the fallback covers the frames until the child is up.
    processes.serve(keeper.state);
    await processes.load('current', slot, signal);
  } catch (cause) {
    const reason = reasonOf(cause);
    if (signal.aborted || !reason) throw cause;
    log.error({ reason }, 'the current version cannot be loaded');
    if (cause instanceof ContentError && reason.code === 'bundle-invalid') {
      memory.damage(slot.version.bundle, reason);
    }
    memory.crash(reason);
    // From now on its absence is a fault; before, it was stopped on purpose.
    processes.serve(keeper.state);
    if (keeper.state.deployment?.state === 'active') memory.fail(keeper.state, reason);
    return { kind: 'interrupted' };
  }
  processes.serve(keeper.state);
  return DONE;
}
