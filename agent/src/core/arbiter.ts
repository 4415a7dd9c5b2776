import { roomFor } from './memory-room.js';
import type { Ask, Lease, Share, Situation } from './situation.js';

type Named = Pick<Ask, 'model' | 'share'>;

export interface Ruling {
  readonly grants: readonly Named[];
  /** Leases to give back: orderly, by the plan of the model that holds them. */
  readonly revocations: readonly Named[];
  /** Asks for memory that is not there, whoever gives back whatever can be given back. */
  readonly denials: readonly Named[];
  /** When to look again by the passing of time alone. */
  readonly nextLookMs: number;
}

const NOTHING: Ruling = { grants: [], revocations: [], denials: [], nextLookMs: Infinity };

/**
 * Who gets what the models of a device share. No ruling ever asks for the process of a version that answers; a turn that
 * leads nowhere ends where somebody waits; first come, first served otherwise, and models that do not answer yet first.
 */
export function arbitrate(situation: Situation): Ruling {
  const rulings = [turnsOf('download', situation), turnsOf('self-test', situation), memory(situation)];
  return {
    grants: rulings.flatMap(({ grants }) => grants),
    revocations: rulings.flatMap(({ revocations }) => revocations),
    denials: rulings.flatMap(({ denials }) => denials),
    nextLookMs: Math.min(...rulings.map(({ nextLookMs }) => nextLookMs)),
  };
}

/** A share that one model has at a time. */
function turnsOf(share: 'download' | 'self-test', situation: Situation): Ruling {
  const [next] = inOrder(share, situation);
  if (!next) return NOTHING;
  const holder = situation.leases.find((lease) => lease.share === share);
  if (!holder) return { ...NOTHING, grants: [next] };
  // A self-test has limits of its own.
  if (share === 'self-test' || holder.isEnding) return NOTHING;
  const endsMs = holder.progressMs + situation.stallMs.download;
  return endsMs <= situation.nowMs
    ? { ...NOTHING, revocations: [holder] }
    : { ...NOTHING, nextLookMs: endsMs };
}

function memory(situation: Situation): Ruling {
  const grants: Ask[] = [];
  const denials: Ask[] = [];
  for (const ask of inOrder('memory', situation)) {
    const granted = grants.map(({ model, share }) => ({
      ...{ model, share },
      ...{ progressMs: situation.nowMs, isEnding: false },
    }));
    const now = { ...situation, leases: [...situation.leases, ...granted] };
    const room = roomFor(ask.model, now);
    if (room === 'now') grants.push(ask);
    else if (room === 'never' || ask.isOptional) denials.push(ask);
    // Nobody overtakes it, or small models would keep a large one waiting for ever.
    else return { grants, denials, ...makeRoom(ask, now, situation.leases) };
  }
  return { ...NOTHING, grants, denials };
}

/**
 * The fewest leases whose end makes room: what nobody misses first, then comparisons that get nowhere. Two models of which
 * neither gets further take turns of some length, not of a moment.
 *
 * @param held without what this ruling grants
 */
function makeRoom(
  { model, hasYielded }: Ask,
  situation: Situation,
  held: readonly Lease[],
): Pick<Ruling, 'revocations' | 'nextLookMs'> {
  const { leases, models, nowMs, stallMs } = situation;
  const others = held.filter((lease) => lease.share === 'memory' && lease.model !== model && !lease.isEnding);
  const endMs = (lease: Lease): number => {
    const extra = models.find((standing) => standing.model === lease.model)?.extra;
    if (extra === 'working') return Infinity;
    if (extra === 'watching') return 0;
    return extra === 'held' && !hasYielded ? 0 : lease.progressMs + stallMs.compared;
  };
  const revocable = others.filter((lease) => endMs(lease) <= nowMs).sort((a, b) => endMs(a) - endMs(b));
  const nextLookMs = Math.min(...others.map(endMs).filter((ms) => ms > nowMs));
  for (let count = 0; count <= revocable.length; count += 1) {
    const revocations = revocable.slice(0, count);
    const left = leases.filter((lease) => !lease.isEnding && !revocations.includes(lease));
    if (roomFor(model, { ...situation, leases: left, comesFree: leases }) === 'now') {
      return { revocations, nextLookMs };
    }
  }
  return { revocations: [], nextLookMs };
}

/** Whose turn is next. */
function inOrder(share: Share, { asks, models }: Situation): readonly Ask[] {
  const isFirst = ({ model }: Ask): boolean => models.find((standing) => standing.model === model)?.due === 0;
  const later = (what: boolean): number => (what ? 1 : 0);
  return asks
    .filter((ask) => ask.share === share)
    .sort(
      (a, b) =>
        later(a.isOptional) - later(b.isOptional) ||
        later(a.hasYielded) - later(b.hasYielded) ||
        later(isFirst(b)) - later(isFirst(a)) ||
        a.sinceMs - b.sinceMs,
    );
}
