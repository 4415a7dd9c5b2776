import { MEMBER_COURSES, type MemberCourse, type RolloutView } from '@hamon/contracts';

/** The same for one device and for several, or one text for each. */
type Words = string | readonly [one: string, several: string];

/** What devices do about a rollout that an operator stopped, or that stops by itself, in words. */
const WORDS: Readonly<Record<MemberCourse, Words>> = {
  pending: 'not reached',
  updating: 'on the way to the version',
  held: 'held: ready, or getting ready, and not switching',
  'will-hold': ['offline, held when it comes back', 'offline, held when they come back'],
  'cannot-hold': [
    'cannot be held (its agent is of an earlier release): it may switch',
    'cannot be held (agents of an earlier release): they may switch',
  ],
  running: ['runs the version', 'run the version'],
  returning: ['told to keep to, or go back to, what it ran', 'told to keep to, or go back to, what they ran'],
  'will-return': [
    'offline, to hear when it comes back that it keeps to what it ran',
    'offline, to hear when they come back that they keep to what they ran',
  ],
  returned: ['runs what it ran before', 'run what they ran before'],
  elsewhere: ['runs something else than it should', 'run something else than they should'],
  failed: 'refused the version or gave it up',
  replaced: ['is meant to run something newer', 'are meant to run something newer'],
  retired: 'retired',
};

/** Of a rollout that simply runs its course, the progress says enough. */
const TELLING: ReadonlySet<MemberCourse> = new Set([
  'held',
  'will-hold',
  'cannot-hold',
  'returning',
  'will-return',
  'returned',
  'elsewhere',
]);

/** One line per kind; empty where there is nothing to tell beyond the progress. */
export function coursesText({
  courses = {},
  state,
}: Pick<RolloutView, 'courses' | 'state'>): readonly string[] {
  const stops = state === 'paused' || state === 'aborting' || state === 'aborted' || state === 'rolling-back';
  const present = MEMBER_COURSES.filter((course) => (courses[course] ?? 0) > 0);
  if (!stops && !present.some((course) => TELLING.has(course))) return [];
  return present.map((course) => `${courses[course]} ${wordsOf(course, courses[course])}`);
}

function wordsOf(course: MemberCourse, count: number | undefined): string {
  const words = WORDS[course];
  if (typeof words === 'string') return words;
  return count === 1 ? words[0] : words[1];
}
