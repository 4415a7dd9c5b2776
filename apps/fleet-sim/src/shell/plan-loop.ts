import type { SeededRandom } from '@hamon/stats';
import {
  advance,
  begin,
  desiredBy,
  nextStep,
  watchLeftMs,
  type Facts,
  type ModelKeeper,
  type ModelState,
  type Step,
} from '@hamon/agent/protocol';
import { actOf, type Act, type Pace } from '../core/act.js';
import { factsAfter, factsAtStart } from '../core/facts.js';
import { fateOf, type Fates } from '../core/fate.js';
import { pause } from './pause.js';

export interface PlanLoopOptions {
  readonly device: string;
  readonly keeper: ModelKeeper;
  readonly pace: Pace;
  readonly fates: Fates;
  readonly random: SeededRandom;
  /** A step was done. */
  readonly onDone: (step: Step) => void;
}

/** A step under way: a later plan that starts it again for the same bundle continues it. */
interface Running {
  readonly act: Act;
  readonly endsAtMs: number;
}

/** The loop of one model of a device: plan as a real agent does, let the first step take its time, plan again. */
export class PlanLoop {
  private facts: Facts;
  /** By name; those of another bundle are gone. */
  private readonly running = new Map<string, Running>();
  private news = new AbortController();

  constructor(private readonly options: PlanLoopOptions) {
    this.facts = factsAtStart(options.keeper.state, new Date());
  }

  /** The former version runs beside the current one. */
  get isWatching(): boolean {
    return this.facts.watching && this.facts.loaded.previous;
  }

  /** A manifest came that may change the plan. */
  wake(): void {
    this.news.abort();
  }

  async run(signal: AbortSignal): Promise<void> {
    const { keeper } = this.options;
    signal.addEventListener('abort', () => this.wake(), { once: true });
    while (!signal.aborted) {
      this.news = new AbortController();
      const due = this.news.signal;
      const watchMs = watchLeftMs(keeper.state.watch, new Date());
      this.facts = { ...this.facts, watching: this.facts.watching && watchMs > 0 };
      const step = nextStep(keeper.state, desiredBy(keeper.state.accepted), this.facts);
      if (step) await this.perform(step, due);
      else await pause(this.facts.watching ? watchMs : Infinity, due);
    }
  }

  private async perform(step: Step, due: AbortSignal): Promise<void> {
    const { keeper, onDone } = this.options;
    const planned = keeper.state;
    await keeper.update((state) => begin(state, step));
    const begun = keeper.state;
    const name = this.nameOf(step, planned);
    const { act, endsAtMs } = this.runningOf(name, step, planned);
    await pause(endsAtMs - performance.now(), due);
    if (due.aborted) return;
    if (act.fault) {
      this.running.delete(name);
      this.facts = { ...this.facts, failure: act.fault };
      return;
    }
    let before: ModelState | undefined;
    await keeper.update((state) => {
      // A manifest that came meanwhile counts, as it does for a real agent.
      if (state.accepted !== begun.accepted || state.deployment !== begun.deployment) return state;
      before = state;
      return advance(state, step, new Date());
    });
    if (!before) return;
    this.running.delete(name);
    this.facts = factsAfter(this.facts, step, before, keeper.state);
    if (step.kind === 'assign' && before.deployment?.target.version.bundle !== step.target.version.bundle) {
      this.running.clear();
    }
    onDone(step);
  }

  private nameOf({ kind }: Step, { deployment }: ModelState): string {
    return `${kind} ${deployment?.target.version.bundle ?? ''}`;
  }

  private runningOf(name: string, step: Step, { deployment }: ModelState): Running {
    const known = this.running.get(name);
    if (known) return known;
    const { device, fates, pace, random } = this.options;
    const version = deployment?.target.version;
    const fate = version ? fateOf(fates, device, version) : 'well';
    const act = actOf(step, fate, pace, random.next());
    const running = { act, endsAtMs: performance.now() + act.seconds * 1000 };
    this.running.set(name, running);
    return running;
  }
}
