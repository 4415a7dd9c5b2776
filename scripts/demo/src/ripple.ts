import type { RolloutView, StartRollout } from '@hamon/contracts';
import type { Api } from './api.js';
import type { BundleFolder } from './bundle-folder.js';
import { readCounters } from './counters.js';
import type { DemoVersions } from './demo-versions.js';
import type { DemoDevice } from './fleet.js';
import { runRollout } from './rollouts.js';
import type { Timeline } from './timeline.js';

const STAGES = '1,50%,100%';
const ROLLOUT_TIMEOUT_MS = 180_000;
/** A demo is watched for seconds where a factory watches for minutes; the gates are the same. */
const PACE = {
  watchSeconds: 5,
  policy: {
    shadow: { minFrames: 60 },
    probation: { seconds: 3, minFrames: 30 },
    telemetry: { windowSeconds: 1 },
    // Off unless asked for; the demo shows it, on one machine.
    fallback: { enabled: true },
  },
} satisfies Partial<StartRollout>;
/** Fewer frames come to it, and it has nothing to be compared with. */
const PACE_BESIDE = {
  watchSeconds: 5,
  policy: { probation: { seconds: 3, minFrames: 10 }, telemetry: { windowSeconds: 1 } },
} satisfies Partial<StartRollout>;

export interface RippleContext {
  readonly devices: readonly DemoDevice[];
  readonly timeline: Timeline;
  readonly signal: AbortSignal;
}

/**
 * The three versions, one after the other, until a rollout waits for a person whom the demo does not have. The model beside
 * goes out together with the first: two models of one device may be rolled out at once.
 */
export async function ripple(
  api: Api,
  { v1, v2, v3, beside }: DemoVersions,
  context: RippleContext,
): Promise<RolloutView[]> {
  const rollouts = [await firstOnes(api, v1, beside, context)];
  for (const [version, title] of [
    [v2, 'a good version, ripples through the fleet'],
    [v3, 'a bad version, tries'],
  ] as const) {
    if (rollouts.at(-1)?.state === 'paused') break;
    context.timeline.heading(`${version.bundle.version}, ${title}`);
    rollouts.push(await rollOut(api, version, { stages: STAGES, ...PACE }, context));
    if (beside) await sayUndisturbed(beside, context);
  }
  return rollouts;
}

async function firstOnes(
  api: Api,
  v1: BundleFolder,
  beside: BundleFolder | null,
  context: RippleContext,
): Promise<RolloutView> {
  const { timeline } = context;
  const pace = { stages: '100%', ...PACE };
  if (!beside) {
    timeline.heading(`${v1.bundle.version} goes everywhere`);
    return rollOut(api, v1, pace, context);
  }
  timeline.heading(`${nameOf(v1)} goes everywhere, and so does ${nameOf(beside)} beside it`);
  const [first] = await Promise.all([
    rollOut(api, v1, pace, context, `${v1.bundle.model}: `),
    rollOut(api, beside, { stages: '100%', ...PACE_BESIDE }, context, `${beside.bundle.model}: `),
  ]);
  return first;
}

function rollOut(
  api: Api,
  { bundle: { model, version } }: BundleFolder,
  how: Omit<StartRollout, 'model' | 'version'>,
  { timeline, signal }: RippleContext,
  prefix = '',
): Promise<RolloutView> {
  const say = (line: string): void => timeline.line(`${prefix}${line}`);
  return runRollout(api, { model, version, ...how }, say, { timeoutMs: ROLLOUT_TIMEOUT_MS, signal });
}

async function sayUndisturbed(
  { bundle: { model } }: BundleFolder,
  { devices, timeline }: RippleContext,
): Promise<void> {
  const { [model]: counted } = (await readCounters(devices)).models;
  if (!counted) return;
  const { inferences, framesLost } = counted;
  timeline.line(`beside it ${model} has answered ${inferences} frames so far and lost ${framesLost}`);
}

const nameOf = ({ bundle: { model, version } }: BundleFolder): string => `${model}@${version}`;
