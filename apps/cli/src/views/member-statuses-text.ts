import { MEMBER_STATUSES, type MemberStatus, type RolloutView } from '@hamon/contracts';

/** The same for one device and for several, or one text for each. */
type Words = string | readonly [one: string, several: string];

/** What devices do about a rollout that an operator stopped, or that stops by itself, in words. */
const WORDS: Readonly<Record<MemberStatus, Words>> = {
  pending: 'not reached',
  updating: 'on the way to the version',
  held: 'held: ready, or getting ready, and not switching',
  'will-hold': ['offline, held when it comes back', 'offline, held when they come back'],
  'cannot-hold': [
    'cannot be held (its agent is of an earlier release): it may switch',
    'cannot be held (agents of an earlier release): they may switch',
  ],
  running: ['runs the version', 'run the version'],
  returning: ['told to keep or return to what it ran', 'told to keep or return to what they ran'],
  'will-return': [
    'offline, keeps or returns to what it ran when it comes back',
    'offline, keep or return to what they ran when they come back',
  ],
  returned: ['runs what it ran before', 'run what they ran before'],
  elsewhere: ['runs something other than it should', 'run something other than they should'],
  failed: 'refused the version or gave it up',
  replaced: ['is meant to run something newer', 'are meant to run something newer'],
  retired: 'retired',
};

/** Where nothing stops a rollout, its progress says enough. */
const TELLING: ReadonlySet<MemberStatus> = new Set([
  'held',
  'will-hold',
  'cannot-hold',
  'returning',
  'will-return',
  'returned',
  'elsewhere',
]);

/** One line per kind; empty where there is nothing to tell beyond the progress. */
export function memberStatusesText({
  memberStatuses = {},
  state,
}: Pick<RolloutView, 'memberStatuses' | 'state'>): readonly string[] {
  const stops = state === 'paused' || state === 'aborting' || state === 'aborted' || state === 'rolling-back';
  const present = MEMBER_STATUSES.filter((status) => (memberStatuses[status] ?? 0) > 0);
  if (!stops && !present.some((status) => TELLING.has(status))) return [];
  return present.map((status) => `${memberStatuses[status]} ${wordsOf(status, memberStatuses[status])}`);
}

function wordsOf(status: MemberStatus, count: number | undefined): string {
  const words = WORDS[status];
  if (typeof words === 'string') return words;
  return count === 1 ? words[0] : words[1];
}
