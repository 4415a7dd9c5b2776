import type { DeploymentClock } from './deployment-clock.js';
import { counted } from './format.js';
import type { ObservedMember } from './observations.js';
import { memberOutcome } from './update-tally.js';

/**
 * How many of a stage's new devices have shown anything. Superseded ones do not count at all, nor do retired ones, which
 * are not observed.
 */
export interface StageReach {
  readonly devices: number;
  /** Took the version or failed to: the gate judges by these. */
  readonly judged: number;
  /** Of the judged ones, those that refused the version, gave it up or did not finish. */
  readonly failed: number;
  /** Judged, or installed and without frames to be judged on. */
  readonly reached: number;
  /** Online and on their way. */
  readonly coming: number;
  readonly offline: number;
  /** How many have to be reached before the stage can pass. */
  readonly needed: number;
  /** Hardware classes of which no device is reached … */
  readonly missingClasses: readonly string[];
  /** … nor on its way. */
  readonly absentClasses: readonly string[];
}

/** A stage must not pass on the silence of most of its devices, nor on one class's word for another's. */
export function stageReach(
  members: readonly ObservedMember[],
  stage: { readonly firstNew: number; readonly devices: number },
  minReachedShare: number,
  clock: DeploymentClock,
  now: Date,
): StageReach {
  const count = { devices: 0, judged: 0, failed: 0, reached: 0, coming: 0, offline: 0 };
  const classes = new Map<string, ClassReach>();
  for (const member of members) {
    if (member.position < stage.firstNew || member.position >= stage.devices) continue;
    const outcome = memberOutcome(member, clock, now);
    if (outcome === 'superseded') continue;
    const isJudged = outcome === 'succeeded' || outcome === 'failed';
    const isReached = isJudged || outcome === 'unproven';
    const isComing = outcome === 'waiting';
    count.devices += 1;
    if (isJudged) count.judged += 1;
    if (outcome === 'failed') count.failed += 1;
    count[isReached ? 'reached' : isComing ? 'coming' : 'offline'] += 1;
    const ofClass = classes.get(member.hardwareClass);
    classes.set(member.hardwareClass, {
      isReached: isReached || ofClass?.isReached === true,
      isComing: isComing || ofClass?.isComing === true,
    });
  }
  const missing = [...classes].filter(([, { isReached }]) => !isReached);
  const absent = missing.filter(([, { isComing }]) => !isComing);
  return {
    ...count,
    needed: Math.min(count.devices, Math.max(1, Math.ceil(minReachedShare * count.devices))),
    missingClasses: missing.map(([name]) => name).sort(),
    absentClasses: absent.map(([name]) => name).sort(),
  };
}

/** Of one hardware class: is any device reached, is any on its way? */
interface ClassReach {
  readonly isReached: boolean;
  readonly isComing: boolean;
}

/** Enough of them, of every class. */
export const isReachedEnough = ({ reached, needed, missingClasses }: StageReach): boolean =>
  reached >= needed && missingClasses.length === 0;

/** Those who are there do not suffice even once all of them are through: somebody has to come back. */
export const isOutOfReach = ({ reached, coming, needed, absentClasses }: StageReach): boolean =>
  reached + coming < needed || absentClasses.length > 0;

/** `1000 of 2000 new devices judged, 998 offline, 2 refused` */
export function judgedText({ devices, judged, failed, coming, offline }: StageReach): string {
  return [
    `${judged} of ${counted(devices, 'new device')} judged`,
    ...(offline > 0 ? [`${offline} offline`] : []),
    ...(coming > 0 ? [`${coming} on the way`] : []),
    ...(failed > 0 ? [`${failed} refused`] : []),
  ].join(', ');
}

const MOST_CLASSES = 3;

/** `3 of 2000 devices reached, 1000 needed` */
export function shortfallText({ devices, reached, needed, missingClasses }: StageReach): string {
  const left = missingClasses.length - MOST_CLASSES;
  const names = [...missingClasses.slice(0, MOST_CLASSES), ...(left > 0 ? [`${left} more`] : [])].join(', ');
  return [
    ...(reached < needed || missingClasses.length === 0
      ? [`${reached} of ${counted(devices, 'device')} reached, ${needed} needed`]
      : []),
    ...(missingClasses.length > 0 ? [`no device of ${names} reached`] : []),
  ].join('; ');
}
