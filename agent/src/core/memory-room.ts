import type { Lease, Situation, Standing } from './situation.js';

export interface MemorySituation extends Pick<Situation, 'models' | 'availableMb' | 'marginMb'> {
  readonly leases: readonly Lease[];
  /** Leases as they are; those that are not among `leases` are taken to be given back, with their memory. */
  readonly comesFree?: readonly Lease[];
}

/**
 * Is there room for one more process of this model? `later`: once other models have given back what they have beside the
 * versions that answer. What has been promised and is not loaded yet counts as taken.
 */
export function roomFor(model: string, situation: MemorySituation): 'now' | 'later' | 'never' {
  const { models, availableMb, marginMb, leases, comesFree = leases } = situation;
  const own = models.find((standing) => standing.model === model);
  if (!own) return 'never';
  const others = models.filter((standing) => standing.model !== model);
  // A device of one model takes its first version whatever memory looks like: there is nothing to protect from it.
  if (own.due === 0 && others.every(({ loaded, due }) => loaded + due === 0) && !others.some(has(leases)))
    return 'now';
  const promised = models.map((standing) => standing.childMb * missing(standing, has(comesFree)(standing)));
  const given = others.filter((standing) => has(comesFree)(standing) && !has(leases)(standing));
  const free = availableMb - sum(promised) + sum(given.map(({ childMb }) => childMb));
  const needed = own.childMb + (own.due === 0 ? 0 : marginMb);
  if (free >= needed) return 'now';
  const takenBack = others.filter(has(leases)).map(({ childMb }) => childMb);
  // What passes would be counted twice: as taken by the machine, and as promised.
  const passing = models.map((standing) => standing.childMb * standing.passing);
  return free + sum(takenBack) + sum(passing) >= needed ? 'later' : 'never';
}

/** Processes that are still to be loaded. */
const missing = ({ due, loaded }: Standing, isGranted: boolean): number =>
  Math.max(0, due + (isGranted ? 1 : 0) - loaded);

const has =
  (leases: readonly Lease[]) =>
  ({ model }: Standing): boolean =>
    leases.some((lease) => lease.share === 'memory' && lease.model === model);

const sum = (numbers: readonly number[]): number => numbers.reduce((total, n) => total + n, 0);
