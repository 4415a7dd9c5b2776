import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type BundleDocument,
  DeviceView,
  EnrolmentTokenView,
  ModelView,
  type RolloutView,
  type StartRollout,
} from '@hamon/contracts';
import { readBundle } from '@hamon/inference';
import { Api } from './api.js';
import { readCounters } from './counters.js';
import type { DemoFlags } from './flags.js';
import { type DemoDevice, startFleet } from './fleet.js';
import { listImages, makeNoisyVersion } from './noisy-version.js';
import { type Platform, startPlatform } from './platform.js';
import { type DemoResult, shortcomings, summarise } from './result.js';
import { runRollout } from './rollouts.js';
import type { Timeline } from './timeline.js';
import { waitFor } from './wait.js';

/** What runs; filled as it starts, so that a demo that fails half-way still stops what it started. */
export interface Running {
  platform?: Platform;
  devices: DemoDevice[];
}

export interface DemoContext {
  readonly flags: DemoFlags;
  readonly dataDir: string;
  readonly timeline: Timeline;
  readonly running: Running;
  readonly onUnexpectedExit: (message: string) => void;
  readonly signal: AbortSignal;
}

const FRAMES_PER_SECOND = 16;
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

export interface DemoOutcome {
  readonly result: DemoResult;
  readonly shortcomings: readonly string[];
}

interface VersionFolder {
  readonly bundle: BundleDocument;
  readonly folder: string;
}

/** The main job, start to end: v1 everywhere, v2 in stages, v3 stopped at the first device. */
export async function runDemo(context: DemoContext): Promise<DemoOutcome> {
  const { flags, timeline, running } = context;
  const images = await listImages(flags.images);
  if (images.length === 0) throw new Error(`--images: no PNG or JPEG below ${flags.images}`);
  const [v1, v2, v3] = await threeVersions(context, images);
  const { version: good, model } = v2.bundle;

  timeline.heading('The platform starts');
  const platform = await startPlatform(context.dataDir, context.onUnexpectedExit, context.signal);
  running.platform = platform;
  timeline.line(`control plane at ${platform.httpUrl}, broker at ${platform.mqttUrl}`);
  const api = new Api(platform.httpUrl, platform.adminToken);
  await publish(api, timeline, [v1, v2, v3]);
  await api.call('PUT /v1/models/{model}/cloud', ModelView, { params: { model }, body: { version: good } });

  timeline.heading(`${flags.devices} devices enrol`);
  running.devices = await enrolFleet(api, context);
  timeline.line(`${flags.devices} agents online, ${images.length} images in another order on each`);

  const rollouts = await rollOut(api, context, [
    { ...v1, stages: '100%', title: `${v1.bundle.version} goes everywhere` },
    { ...v2, stages: STAGES, title: `${good}, a good version, ripples through the fleet` },
    { ...v3, stages: STAGES, title: `${v3.bundle.version}, a bad version, tries` },
  ]);
  const [first, ...staged] = rollouts.map(summarise);
  const { inferences, framesLost, framesSkipped, fallbacks } = await readCounters(running.devices);
  const figures = {
    devices: flags.devices,
    seconds: Math.round(timeline.seconds * 10) / 10,
    rollouts: first ? [{ version: first.version, result: first.result }, ...staged] : [],
    final: await finalVersions(api),
    ...{ inferences, framesLost, framesSkipped, fallbacks },
  };
  const missing = shortcomings(figures, { devices: flags.devices, goodVersion: good });
  return { result: { schema: 'hamon.demo/1', ok: missing.length === 0, ...figures }, shortcomings: missing };
}

/** The two that are given, and a bad one that is made of the second unless it is given too. */
async function threeVersions(
  context: DemoContext,
  images: readonly string[],
): Promise<readonly [VersionFolder, VersionFolder, VersionFolder]> {
  const { flags, timeline } = context;
  const [v1, v2] = [await bundleIn(flags.v1), await bundleIn(flags.v2)];
  if (v1.model !== v2.model && flags.devices > 0)
    timeline.line(`note: ${v1.model} and ${v2.model} are two models`);
  timeline.heading('A bad version is made');
  const v3 = await badVersion(context, v2, images);
  return [{ bundle: v1, folder: flags.v1 }, { bundle: v2, folder: flags.v2 }, v3];
}

/** Answers once every device is online. */
async function enrolFleet(api: Api, context: DemoContext): Promise<DemoDevice[]> {
  const { flags, dataDir, onUnexpectedExit, signal } = context;
  const token = await api.call('POST /v1/enrolment-tokens', EnrolmentTokenView, {
    body: { uses: flags.devices, ttlSeconds: 600, labels: { site: 'demo' } },
  });
  const fleet = await startFleet({
    ...{ dataDir, onUnexpectedExit, signal },
    serverUrl: api.server,
    enrolmentToken: token.token ?? '',
    devices: flags.devices,
    images: flags.images,
    framesPerSecond: FRAMES_PER_SECOND,
  });
  await waitFor('every device online', async () => (await allOnline(api, flags.devices)) || undefined, {
    timeoutMs: 60_000,
    signal,
  });
  return fleet;
}

/** One after the other, until one waits for a person whom the demo does not have. */
async function rollOut(
  api: Api,
  { timeline, signal }: DemoContext,
  wanted: readonly (VersionFolder & { readonly stages: string; readonly title: string })[],
): Promise<RolloutView[]> {
  const rollouts: RolloutView[] = [];
  for (const { bundle, stages, title } of wanted) {
    timeline.heading(title);
    const request = { model: bundle.model, version: bundle.version, stages, ...PACE };
    const rollout = await runRollout(api, request, timeline, { timeoutMs: ROLLOUT_TIMEOUT_MS, signal });
    rollouts.push(rollout);
    if (rollout.state === 'paused') break;
  }
  return rollouts;
}

async function bundleIn(folder: string): Promise<BundleDocument> {
  const bundle = await readBundle(folder);
  if (!bundle.ok) throw new Error(`${folder} is no bundle: ${bundle.error.detail}`);
  return bundle.value;
}

async function badVersion(
  { flags, dataDir, timeline }: DemoContext,
  v2: BundleDocument,
  images: readonly string[],
): Promise<VersionFolder> {
  if (flags.v3 !== null) return { bundle: await bundleIn(flags.v3), folder: flags.v3 };
  const folder = join(dataDir, 'bad-version');
  await mkdir(dataDir, { recursive: true });
  const { version, seed, kappa } = await makeNoisyVersion(flags.v2, folder, images);
  timeline.line(
    `${version} is ${v2.version} with noise on its weights (seed ${seed}, kappa to ${v2.version} ${kappa.toFixed(2)})`,
  );
  return { bundle: await bundleIn(folder), folder };
}

/** Pushes, validates and releases: the bad one too, since nothing but live frames can tell. */
async function publish(api: Api, timeline: Timeline, versions: readonly VersionFolder[]): Promise<void> {
  const created = new Set<string>();
  for (const { bundle, folder } of versions) {
    const { model, version, task } = bundle;
    if (!created.has(model)) await api.call('POST /v1/models', ModelView, { body: { name: model, task } });
    created.add(model);
    await api.hamon('model', 'push', `${model}@${version}`, '--bundle', folder);
    await api.hamon('model', 'release', `${model}@${version}`);
    timeline.line(`${model}@${version} pushed, validated, released`);
  }
}

async function allOnline(api: Api, expected: number): Promise<boolean> {
  const devices = await api.list('GET /v1/devices', DeviceView);
  return devices.filter(({ online }) => online).length === expected;
}

/** How many devices report to run which version. */
async function finalVersions(api: Api): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { current } of await api.list('GET /v1/devices', DeviceView)) {
    const version = current?.version ?? 'none';
    counts[version] = (counts[version] ?? 0) + 1;
  }
  return counts;
}
