export interface FairLimits {
  /** Turns at once, and how many of them one member may have. */
  readonly atOnce: number;
  readonly atOnceEach: number;
  /** Members that may wait, and turns that one of them may wait for. */
  readonly waiting: number;
  readonly waitingEach: number;
}

/** Gives the turn back; a second call changes nothing. */
export type EndTurn = () => void;

type Start = (end: EndTurn) => void;

/**
 * Turns at something scarce. Groups take turns in a ring, and within a group its members: however many
 * turns one asks for, the next one to ask waits for one of them at most.
 */
export class FairTurns {
  private readonly limits: FairLimits;
  /** In the order of their turns; only groups and members that wait are in it. */
  private readonly ring = new Map<string, Map<string, Start[]>>();
  private readonly running = new Map<string, number>();
  private atOnce = 0;
  private waiting = 0;

  constructor(limits: FairLimits) {
    this.limits = limits;
  }

  /**
   * @param member has `atOnceEach` of all groups together where it goes by one name in several
   * @returns undefined where the limit of waiting ones is reached
   */
  take(group: string, member: string): Promise<EndTurn> | undefined {
    const waiting = this.ring.get(group)?.get(member)?.length ?? 0;
    const { waiting: most, waitingEach } = this.limits;
    if (!this.isFree(member) && (this.waiting >= most || waiting >= waitingEach)) return undefined;
    return new Promise((start) => {
      const members = this.ring.get(group) ?? new Map<string, Start[]>();
      this.ring.set(group, members);
      members.set(member, [...(members.get(member) ?? []), start]);
      this.waiting += 1;
      this.startAll();
    });
  }

  /** Undefined also where the turn does not come in time; one that comes later is passed on. */
  async takeWithin(group: string, member: string, ms: number): Promise<EndTurn | undefined> {
    const turn = this.take(group, member);
    if (!turn) return undefined;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<undefined>((resolve) => {
      timer = setTimeout(resolve, ms, undefined);
    });
    const end = await Promise.race([turn, late]);
    clearTimeout(timer);
    if (!end) void turn.then((passOn) => passOn());
    return end;
  }

  private isFree(member: string): boolean {
    const { atOnce, atOnceEach } = this.limits;
    return this.atOnce < atOnce && (this.running.get(member) ?? 0) < atOnceEach;
  }

  private startAll(): void {
    for (let next = this.next(); next; next = this.next()) this.start(...next);
  }

  private next(): [group: string, member: string] | undefined {
    for (const [group, members] of this.ring) {
      for (const member of members.keys()) if (this.isFree(member)) return [group, member];
    }
    return undefined;
  }

  private start(group: string, member: string): void {
    const members = this.ring.get(group);
    const [start, ...rest] = members?.get(member) ?? [];
    if (!members || !start) return;
    // Both go to the end of their rings, or leave them.
    members.delete(member);
    if (rest.length > 0) members.set(member, rest);
    this.ring.delete(group);
    if (members.size > 0) this.ring.set(group, members);
    this.waiting -= 1;
    this.atOnce += 1;
    this.running.set(member, (this.running.get(member) ?? 0) + 1);
    let ended = false;
    start(() => {
      if (ended) return;
      ended = true;
      this.end(member);
    });
  }

  private end(member: string): void {
    this.atOnce -= 1;
    const left = (this.running.get(member) ?? 1) - 1;
    if (left > 0) this.running.set(member, left);
    else this.running.delete(member);
    this.startAll();
  }
}
