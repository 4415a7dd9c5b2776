import { arbitrate } from '../../src/core/arbiter.js';
import type { Ask, Lease, Share, Situation, Standing } from '../../src/core/situation.js';

/** Something that a model does with a share. One that is stuck never ends by itself. */
export interface Job {
  readonly share: Share;
  readonly ticks: number;
  /** What it uses memory for. */
  readonly extra: Standing['extra'];
  readonly isStuck: boolean;
}

export interface Member {
  readonly model: string;
  readonly childMb: number;
  readonly due: 0 | 1;
  readonly jobs: readonly Job[];
}

interface Actor {
  readonly model: string;
  readonly childMb: number;
  due: 0 | 1;
  loaded: number;
  readonly jobs: Job[];
  /** Ticks that its job still takes; undefined before its turn. */
  left: number | undefined;
  hasYielded: boolean;
}

const STALL = { download: 4, compared: 6 };

/** A device whose models do one job after the other, each with what the arbiter gives them. Checks each ruling. */
export class SharingDevice {
  private readonly actors: readonly Actor[];
  private asks: Ask[] = [];
  private leases: Lease[] = [];
  private nowMs = 0;
  private readonly totalMb: number;

  constructor(
    members: readonly Member[],
    spareMb: number,
    private readonly marginMb: number,
  ) {
    this.actors = members.map(({ model, childMb, due, jobs }) => ({
      ...{ model, childMb, due, loaded: due, jobs: [...jobs], left: undefined, hasYielded: false },
    }));
    this.totalMb = spareMb + this.usedMb;
  }

  /** Jobs that can end and have not. Behind a job that is stuck, a model waits for nobody but itself. */
  get unfinished(): readonly string[] {
    return this.actors.flatMap(({ model, jobs: [job] }) =>
      job && !isEndless(job) ? [`${model} ${job.share}`] : [],
    );
  }

  get isDone(): boolean {
    return this.unfinished.length === 0;
  }

  step(): void {
    this.nowMs += 1;
    for (const actor of this.actors) this.act(actor);
    this.rule();
  }

  private act(actor: Actor): void {
    const [job] = actor.jobs;
    if (!job) return;
    const lease = this.leases.find(({ model, share }) => model === actor.model && share === job.share);
    if (!lease) this.ask(actor, job);
    else if (lease.isEnding) this.giveBack(actor, job, lease);
    else if (!isEndless(job)) this.work(actor, job, lease);
  }

  private ask(actor: Actor, { share, extra }: Job): void {
    const { model, hasYielded } = actor;
    if (this.asks.some((ask) => ask.model === model)) return;
    // A former version is watched with where nobody has to make room for it.
    const isOptional = share === 'memory' && extra === 'watching';
    this.asks.push({ model, share, sinceMs: this.nowMs, hasYielded, isOptional });
  }

  private work(actor: Actor, job: Job, lease: Lease): void {
    actor.left = (actor.left ?? job.ticks) - 1;
    this.leases = this.leases.map((one) => (one === lease ? { ...one, progressMs: this.nowMs } : one));
    if (actor.left > 0) return;
    if (job.share === 'memory') {
      // A first version goes on as the current one; an update takes the place of what ran before.
      if (actor.due === 1) actor.loaded -= 1;
      actor.due = 1;
    }
    actor.jobs.shift();
    actor.left = undefined;
    actor.hasYielded = false;
    this.release(actor, job.share);
  }

  /** Later than it was asked to. */
  private giveBack(actor: Actor, job: Job, lease: Lease): void {
    if (job.share === 'memory') actor.loaded -= 1;
    actor.left = undefined;
    actor.hasYielded = true;
    this.release(actor, lease.share);
  }

  private release(actor: Actor, share: Share): void {
    this.leases = this.leases.filter((one) => one.model !== actor.model || one.share !== share);
  }

  private rule(): void {
    const situation = this.situation();
    const { grants, revocations, denials } = arbitrate(situation);
    for (const lease of revocations) this.revoke(lease as Lease, situation);
    for (const { model, share } of [...grants, ...denials]) {
      this.asks = this.asks.filter((ask) => ask.model !== model || ask.share !== share);
    }
    for (const { model, share } of grants) this.grant(model, share);
    // Whoever is told that there is no memory does without.
    for (const { model } of denials) this.actors.find((actor) => actor.model === model)?.jobs.shift();
  }

  private grant(model: string, share: Share): void {
    const actor = this.actors.find((one) => one.model === model) as Actor;
    const wasAlone = this.actors.every((one) => one === actor || one.loaded + one.due === 0);
    if (share === 'memory') actor.loaded += 1;
    else if (this.leases.some((lease) => lease.share === share)) throw new Error(`two models hold ${share}`);
    this.leases.push({ model, share, progressMs: this.nowMs, isEnding: false });
    const margin = actor.due === 1 ? this.marginMb : 0;
    const isOver = share === 'memory' && !wasAlone && this.usedMb + margin > this.totalMb;
    if (isOver) throw new Error(`memory was promised twice, the second time to ${model}`);
  }

  private revoke(lease: Lease, { asks }: Situation): void {
    if (!asks.some(({ share, model }) => share === lease.share && model !== lease.model)) {
      throw new Error(`${lease.model} gives back ${lease.share} for nobody`);
    }
    const actor = this.actors.find((one) => one.model === lease.model) as Actor;
    if (lease.share === 'memory' && actor.loaded <= actor.due)
      throw new Error(`${lease.model} loses its version`);
    this.leases = this.leases.map((one) => (one === lease ? { ...one, isEnding: true } : one));
  }

  private get usedMb(): number {
    return this.actors.reduce((sum, { loaded, childMb }) => sum + loaded * childMb, 0);
  }

  private situation(): Situation {
    return {
      nowMs: this.nowMs,
      models: this.actors.map(({ model, childMb, due, loaded, jobs: [job] }) => ({
        ...{
          model,
          childMb,
          due,
          loaded,
          passing: 0,
          extra: job?.share === 'memory' ? job.extra : 'working',
        },
      })),
      asks: this.asks,
      leases: this.leases,
      availableMb: this.totalMb - this.usedMb,
      marginMb: this.marginMb,
      stallMs: STALL,
    };
  }
}

/** A self-test and a model on the way to an answer have limits of their own; what is held back waits for people. */
const isEndless = ({ isStuck, share, extra }: Job): boolean =>
  share === 'memory'
    ? extra === 'held' || (isStuck && extra === 'compared')
    : isStuck && share === 'download';
