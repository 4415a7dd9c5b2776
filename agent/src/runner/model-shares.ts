import { answering } from '../core/model-state.js';
import type { Facts } from '../core/facts.js';
import type { Standing } from '../core/situation.js';
import { needOf } from '../core/step-needs.js';
import type { Step } from '../core/step.js';
import type { ModelKeeper } from '../model-keeper.js';
import type { ModelProcesses } from './model-processes.js';
import type { SharedResources } from './shared-resources.js';

export interface ModelSharesParts {
  readonly model: string;
  readonly keeper: ModelKeeper;
  readonly processes: ModelProcesses;
  readonly shares: SharedResources;
}

/** One model's part in what all models share: what it waits for, holds and gives back, by its plans. */
export class ModelShares {
  private doing: Step['kind'] | undefined;

  constructor(private readonly parts: ModelSharesParts) {}

  join(wake: () => void): void {
    const { model, shares } = this.parts;
    shares.join(model, { standing: () => this.standing(), wake });
  }

  /** After each plan: gives back what its first step has no use for. May the step begin? */
  turn(step: Step | undefined, facts: Facts): 'now' | 'waits' | 'never' {
    const { model, keeper, processes, shares } = this.parts;
    this.doing = step?.kind;
    const need = step ? needOf(step, keeper.state, facts) : null;
    shares.waitOnlyFor(model, need);
    for (const share of ['download', 'self-test'] as const) {
      // A turn that is to be given back begins anew, behind those that wait.
      if (need !== share || shares.mustYield(model, share)) shares.release(model, share);
    }
    const isUsed = processes.get('candidate') !== null || processes.get('previous') !== null;
    const isDone = need !== 'memory' || shares.mustYield(model, 'memory');
    if (isDone && !isUsed && shares.holds(model, 'memory')) {
      shares.release(model, 'memory', processes.settled());
    }
    if (need === null) return 'now';
    const answer = shares.ask(model, need, step?.kind === 'loadPrevious');
    return answer === 'granted' ? 'now' : answer;
  }

  /** The step is done, and with it what it needed the link or a quiet machine for. */
  done(): void {
    const { model, shares } = this.parts;
    for (const share of ['download', 'self-test'] as const) {
      shares.progress(model, share);
      shares.release(model, share);
    }
  }

  private standing(): Omit<Standing, 'model'> {
    const { keeper, processes } = this.parts;
    const { childMb, passing, count: loaded } = processes;
    return {
      loaded,
      passing,
      childMb,
      due: answering(keeper.state.slots.current) ? 1 : 0,
      extra: this.extra(),
    };
  }

  private extra(): Standing['extra'] {
    const { processes } = this.parts;
    if (!processes.get('candidate')) return processes.get('previous') ? 'watching' : 'working';
    if (this.doing === undefined) return 'held';
    return this.doing === 'shadow' ? 'compared' : 'working';
  }
}
