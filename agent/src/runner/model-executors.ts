import { ContentError } from '@hamon/content';
import { selfTest } from '@hamon/inference';
import { untilAborted } from '../adapters/until-aborted.js';
import { DONE, type StepOutcome } from '../core/step-outcome.js';
import type { Slot } from '../core/device-state.js';
import type { Executors } from './executors.js';
import { reasonOf } from './reason-of.js';
import type { RunnerContext } from './runner-context.js';

/** Child processes come and go. */
export function modelExecutors(
  context: RunnerContext,
): Pick<
  Executors,
  'loadCurrent' | 'unloadCurrent' | 'loadCandidate' | 'loadPrevious' | 'stopShadow' | 'selfTest'
> {
  const { rack, keeper, bundles, log } = context;
  return {
    loadCurrent: ({ slot }, signal) => loadCurrent(context, slot, signal),
    unloadCurrent: async () => {
      const { current } = keeper.state.slots;
      rack.makeRoom();
      if (current) rack.serve(keeper.state);
      return DONE;
    },
    loadCandidate: async ({ slot }, signal) => {
      await rack.load('candidate', slot, signal);
      return DONE;
    },
    loadPrevious: async ({ slot }, signal) => {
      await rack.load('previous', slot, signal);
      rack.shadow('previous', slot);
      return DONE;
    },
    stopShadow: async () => {
      rack.shadow(null, null);
      rack.unload('previous');
      return DONE;
    },
    selfTest: async ({ slot }, signal) => {
      const child = rack.of('candidate', slot);
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
  { rack, keeper, course, log }: RunnerContext,
  slot: Slot,
  signal: AbortSignal,
): Promise<StepOutcome> {
  try {
    await rack.document(slot);
    // From here on the fallback covers the frames until the child is up.
    rack.serve(keeper.state);
    await rack.load('current', slot, signal);
  } catch (cause) {
    const reason = reasonOf(cause);
    if (signal.aborted || !reason) throw cause;
    log.error({ reason }, 'the current version cannot be loaded');
    if (cause instanceof ContentError && reason.code === 'bundle-invalid') {
      course.damage(slot.version.bundle, reason);
    }
    course.crash(reason);
    // Its absence is a fault from now on, where it was meant so before.
    rack.serve(keeper.state);
    if (keeper.state.deployment?.state === 'active') course.fail(keeper.state, reason);
    return { kind: 'interrupted' };
  }
  rack.serve(keeper.state);
  return DONE;
}
