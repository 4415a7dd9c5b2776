import { setTimeout as delay } from 'node:timers/promises';
import { isTerminal, type Reason } from '@hamon/contracts';
import { advance, begin } from '../core/advance.js';
import { isRisky, withAttempt, withoutAttempt } from '../core/boot-loop.js';
import { desiredBy } from '../core/desired-state.js';
import { answering, type ModelState } from '../core/model-state.js';
import { plan } from '../core/plan.js';
import type { Step } from '../core/step.js';
import { STEP_RULES } from '../core/step-rules.js';
import { watchLeftMs } from '../core/watch.js';
import { execute, type Executors } from './executors.js';
import { gatherFacts, type FactsSources } from './gather-facts.js';
import { reasonOf } from './reason-of.js';
import type { ModelShares } from './model-shares.js';
import type { RunnerContext } from './runner-context.js';

const UNSAVED_RETRY_MS = 2000;
/** What the plan took to be there was taken meanwhile. */
const TAKEN_RETRY_MS = 500;

type Turn = ReturnType<ModelShares['turn']>;

/** Plan, do the first step, plan again: the only loop that changes what runs of one model. */
export class Runner {
  private step: AbortController | undefined;
  private wakeUp: (() => void) | undefined;
  private isStale = false;
  private isStopping = false;

  constructor(
    private readonly context: RunnerContext,
    private readonly executors: Executors,
    private readonly sources: FactsSources,
    private readonly turns: ModelShares,
  ) {}

  /** Something happened that may change the plan. */
  wake(): void {
    this.isStale = true;
    this.step?.abort(new Error('the plan may have changed'));
    this.wakeUp?.();
  }

  stop(): void {
    this.isStopping = true;
    this.wake();
  }

  /** Until `stop`. Rejects on a bug only. */
  async run(): Promise<void> {
    const { keeper } = this.context;
    this.turns.join(() => this.wake());
    while (!this.isStopping) {
      this.isStale = false;
      await keeper.catchUp();
      // Read before the facts: what falls due while they are gathered must still wake this loop.
      const dueMs = this.nextChangeMs();
      const facts = await gatherFacts(keeper.state, this.sources);
      if (answering(keeper.state.slots.current)) this.context.room(facts.roomForTwo);
      const [step] = plan(keeper.state, desiredBy(keeper.state.accepted), facts);
      if (this.isStale) continue;
      const turn = this.turns.turn(step, facts);
      if (this.isStale) continue;
      const wait = step ? await this.inTurn(turn, step, dueMs) : dueMs;
      if (wait !== undefined) await this.sleep(wait);
    }
    await keeper.update((state) => (isOpen(state.deployment?.state) ? withoutAttempt(state) : state));
  }

  /** Its turn comes with a call of `wake`; meanwhile whatever is more urgent makes another plan. */
  private async inTurn(turn: Turn, step: Step, dueMs: number): Promise<number | undefined> {
    if (turn === 'waits') return dueMs;
    if (turn === 'now') return this.perform(step, dueMs);
    const { keeper, processes } = this.context;
    const isFirst = step.kind === 'loadCandidate' && answering(keeper.state.slots.current) === null;
    if (!isFirst) return TAKEN_RETRY_MS;
    return this.failed(step, noMemory(processes.childMb));
  }

  /** Returns how long to wait where repeating the step at once would be useless. */
  private async perform(step: Step, dueMs: number): Promise<number | undefined> {
    const { keeper, log } = this.context;
    const aborter = new AbortController();
    const planned = keeper.state;
    this.step = aborter;
    const alarm = setTimeout(() => this.wake(), dueMs);
    const risky = isRisky(step, keeper.state);
    log.debug({ step: step.kind }, 'step');
    try {
      if (risky) await this.noteAttempt(step);
      await keeper.update((state) => begin(state, step));
      const { write: order } = STEP_RULES[step.kind];
      const done = (state: typeof keeper.state) => advance(state, step, new Date());
      if (order === 'before') {
        let isOvertaken = false;
        // A manifest that came since the plan counts: the device must not switch to what was held or withdrawn.
        await keeper.update((state) => {
          isOvertaken = state.accepted !== planned.accepted || state.deployment !== planned.deployment;
          return isOvertaken ? state : done(state);
        });
        if (isOvertaken) return undefined;
      }
      if (order === 'before-whatever-the-disk-says') await keeper.force(done);
      const outcome = await execute(this.executors, step, aborter.signal);
      if (outcome.kind === 'done') {
        this.turns.done();
        // What the step was meant for may have ended meanwhile.
        if (order === 'after')
          await keeper.update((state) => (isStillMeant(planned, state) ? done(state) : state));
      }
      if (outcome.kind === 'interrupted' && risky) await keeper.update(withoutAttempt);
      return outcome.kind === 'failed' ? this.failed(step, outcome.reason) : undefined;
    } catch (cause) {
      if (aborter.signal.aborted) {
        if (risky) await keeper.update(withoutAttempt).catch(() => undefined);
        return undefined;
      }
      const reason = reasonOf(cause);
      if (!reason) throw cause;
      return this.failed(step, reason);
    } finally {
      clearTimeout(alarm);
      this.step = undefined;
    }
  }

  /** The version that answers is loaded on a full disk too; its attempt then counts in memory until there is space. */
  private noteAttempt({ kind }: Step): Promise<void> {
    const { keeper } = this.context;
    return kind === 'loadCurrent' ? keeper.force(withAttempt) : keeper.update(withAttempt);
  }

  private async failed(step: Step, reason: Reason): Promise<number | undefined> {
    const { keeper, memory, tell, log } = this.context;
    log.warn({ step: step.kind, reason }, 'step failed');
    if (reason.code === 'disk-full') tell('disk-full', { reason, detail: `while: ${step.kind}` });
    switch (STEP_RULES[step.kind].onFailure) {
      case 'fails-the-deployment':
        memory.fail(keeper.state, reason);
        return undefined;
      case 'ends-the-watch':
        await keeper.force((state) => ({ ...state, watch: null }));
        return undefined;
      case 'rests':
        memory.rest();
        return memory.nextChangeMs();
    }
  }

  private async sleep(ms: number): Promise<void> {
    if (this.isStale) return;
    const aborter = new AbortController();
    this.wakeUp = () => aborter.abort();
    await delay(ms, undefined, { signal: aborter.signal }).catch(() => undefined);
    this.wakeUp = undefined;
  }

  /** Milliseconds until the plan may change by the passing of time alone. */
  private nextChangeMs(): number {
    const { keeper, memory } = this.context;
    const watchMs = watchLeftMs(keeper.state.watch, new Date());
    const waits = [60_000, memory.nextChangeMs() ?? Infinity, watchMs > 0 ? watchMs + 10 : Infinity];
    if (keeper.isUnsaved) waits.push(UNSAVED_RETRY_MS);
    return Math.min(...waits);
  }
}

const isOpen = (state: Parameters<typeof isTerminal>[0] | undefined): boolean =>
  state !== undefined && !isTerminal(state);

/** It goes on with the same deployment, or a renewed wish for the same. */
const isStillMeant = (planned: ModelState, now: ModelState): boolean =>
  planned.deployment?.target.version.bundle === now.deployment?.target.version.bundle &&
  isOpen(planned.deployment?.state) === isOpen(now.deployment?.state);

const noMemory = (childMb: number): Reason => ({
  code: 'memory-budget',
  detail: `no memory is left for one more model: about ${Math.ceil(childMb)} MB are needed beside the models that run`,
});
