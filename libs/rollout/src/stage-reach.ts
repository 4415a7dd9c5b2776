import type { GateCheck } from '@hamon/contracts';
import type { DeploymentClock } from './deployment-clock.js';
import { counted } from './format.js';
import type { ObservedMember } from './observations.js';
import { memberOutcome } from './update-tally.js';

/** How many of a stage's new devices have shown anything. Superseded ones do not count at all, nor do retired ones, which are not observed. */
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

/** A stage of which nobody hears enough must not pass on the silence of the rest, nor on one class's word for another's. */
export function stageReach(
  members: readonly ObservedMember[],
  stage: { readonly firstNew: number; readonly devices: number },
  minReachedShare: number,
  clock: DeploymentClock,
  now: Date,
): StageReach {
  let [devices, judged, failed, reached, coming, offline] = [0, 0, 0, 0, 0, 0];
  const classes = new Map<string, { reached: boolean; coming: boolean }>();
  for (const member of members) {
    if (member.position < stage.firstNew || member.position >= stage.devices) continue;
    const outcome = memberOutcome(member, clock, now);
    if (outcome === 'superseded') continue;
    const isJudged = outcome === 'succeeded' || outcome === 'failed';
    const isReached = isJudged || outcome === 'unproven';
    const ofClass = classes.get(member.hardwareClass) ?? { reached: false, coming: false };
    classes.set(member.hardwareClass, {
      reached: ofClass.reached || isReached,
      coming: ofClass.coming || outcome === 'waiting',
    });
    devices += 1;
    if (isJudged) judged += 1;
    if (outcome === 'failed') failed += 1;
    if (isReached) reached += 1;
    else if (outcome === 'waiting') coming += 1;
    else offline += 1;
  }
  const missing = [...classes].filter(([, ofClass]) => !ofClass.reached);
  return {
    devices,
    judged,
    failed,
    reached,
    coming,
    offline,
    needed: Math.min(devices, Math.max(1, Math.ceil(minReachedShare * devices))),
    missingClasses: missing.map(([name]) => name).sort(),
    absentClasses: missing
      .filter(([, ofClass]) => !ofClass.coming)
      .map(([name]) => name)
      .sort(),
  };
}

/** Enough of them, of every class. */
export const isReachedEnough = ({ reached, needed, missingClasses }: StageReach): boolean =>
  reached >= needed && missingClasses.length === 0;

/** Those who are there do not suffice even once all of them are through: somebody has to come back. */
export const isOutOfReach = ({ reached, coming, needed, absentClasses }: StageReach): boolean =>
  reached + coming < needed || absentClasses.length > 0;

export function checkReached(reach: StageReach): GateCheck {
  const { devices, judged, failed, reached, coming, offline, needed, missingClasses } = reach;
  return {
    name: 'reached',
    verdict: isReachedEnough(reach) ? 'pass' : 'inconclusive',
    evidence: 'absolute',
    detail: isReachedEnough(reach) ? judgedText(reach) : shortfallText(reach),
    figures: {
      devices,
      judged,
      failed,
      reached,
      coming,
      offline,
      needed,
      missingClasses: missingClasses.length,
    },
  };
}

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
