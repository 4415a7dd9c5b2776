import type { BenchmarkPlan } from '@hamon/contracts';
import type { InferenceHost } from '@hamon/inference';
import { runsPerBlock } from '../core/runs-per-block.js';
import type { AloneFigures } from './measure-alone.js';
import type { IdleRuns } from './idle-runs.js';
import { openHost, type OpenOptions } from './open-host.js';
import type { Subject } from './subject.js';

/** A variant that can be timed, with what it showed alone. */
export interface FitVariant {
  readonly subject: Subject;
  readonly alone: AloneFigures;
}

export interface TimeGroupOptions extends OpenOptions {
  readonly plan: Pick<BenchmarkPlan, 'rounds' | 'runs' | 'warmupRuns' | 'budgetSeconds'>;
  readonly onRound: () => void;
  /** While all of them are loaded, after the last round. */
  readonly afterwards?: (hosts: ReadonlyMap<string, InferenceHost>) => Promise<void>;
}

/**
 * Loads the variants side by side, each in its own process, and times them in turns.
 *
 * @returns milliseconds of single runs by variant
 */
export async function timeGroup(
  group: readonly FitVariant[],
  runs: IdleRuns,
  options: TimeGroupOptions,
): Promise<ReadonlyMap<string, readonly number[]>> {
  const { plan, memory, onRound, afterwards } = options;
  const hosts = new Map<string, InferenceHost>();
  const times = new Map<string, number[]>();
  try {
    for (const { subject, alone } of group) {
      hosts.set(subject.variant, await openHost(subject, options, alone.rssMb));
      times.set(subject.variant, []);
    }
    for (let round = 0; round < plan.rounds; round += 1) {
      for (const { subject, alone } of group) {
        const host = hosts.get(subject.variant);
        if (!host) continue;
        memory.requireMargin();
        const block = runsPerBlock(plan, group.length, alone.runMs);
        times.get(subject.variant)?.push(
          ...(await runs.block(
            host,
            alone.inputs.map(({ data }) => data),
            block,
          )),
        );
      }
      onRound();
    }
    await afterwards?.(hosts);
    return times;
  } finally {
    await Promise.all([...hosts.values()].map((host) => host.stop()));
  }
}
