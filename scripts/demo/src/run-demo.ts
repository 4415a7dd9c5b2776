import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type BundleDocument,
  DeviceView,
  EnrolmentTokenView,
  ModelView,
  type StartRollout,
} from '@hamon/contracts';
import { readBundle } from '@hamon/inference';
import { z } from 'zod';
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

/** What runs; filled as it starts, so that a demo that fails half-way still ends what it began. */
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

/** The main job, start to end: v1 everywhere, v2 in stages, v3 stopped at the first device. */
export async function runDemo(context: DemoContext): Promise<DemoOutcome> {
  const { flags, timeline } = context;
  const images = await listImages(flags.images);
  if (images.length === 0) throw new Error(`--images: no PNG or JPEG below ${flags.images}`);
  const [v1, v2] = [await bundleIn(flags.v1), await bundleIn(flags.v2)];
  if (v1.model !== v2.model && flags.devices > 0)
    timeline.line(`note: ${v1.model} and ${v2.model} are two models`);

  timeline.heading('A bad version is made');
  const v3 = await badVersion(context, v2, images);

  timeline.heading('The platform starts');
  const platform = await startPlatform(context.dataDir, context.onUnexpectedExit, context.signal);
  context.running.platform = platform;
  timeline.line(`control plane at ${platform.httpUrl}, broker at ${platform.mqttUrl}`);
  const api = new Api(platform.httpUrl, platform.adminToken);
  await publish(api, timeline, [
    { bundle: v1, folder: flags.v1 },
    { bundle: v2, folder: flags.v2 },
    { bundle: v3.bundle, folder: v3.folder },
  ]);
  await api.put(`/v1/models/${v2.model}/cloud`, { version: v2.version }, ModelView);

  timeline.heading(`${flags.devices} devices enrol`);
  const token = await api.post(
    '/v1/enrolment-tokens',
    { uses: flags.devices, ttlSeconds: 600, labels: { site: 'demo' } },
    EnrolmentTokenView,
  );
  context.running.devices = await startFleet({
    dataDir: context.dataDir,
    serverUrl: platform.httpUrl,
    enrolmentToken: token.token ?? '',
    devices: flags.devices,
    images: flags.images,
    framesPerSecond: FRAMES_PER_SECOND,
    onUnexpectedExit: context.onUnexpectedExit,
    signal: context.signal,
  });
  await waitFor('every device online', async () => (await allOnline(api, flags.devices)) || undefined, {
    timeoutMs: 60_000,
    signal: context.signal,
  });
  timeline.line(`${flags.devices} agents online, ${images.length} images in another order on each`);

  const rollouts = [];
  for (const { bundle, stages, title } of [
    { bundle: v1, stages: '100%', title: `${v1.version} goes everywhere` },
    { bundle: v2, stages: STAGES, title: `${v2.version}, a good version, ripples through the fleet` },
    { bundle: v3.bundle, stages: STAGES, title: `${v3.bundle.version}, a bad version, tries` },
  ]) {
    timeline.heading(title);
    const request = { model: bundle.model, version: bundle.version, stages, ...PACE };
    const options = { timeoutMs: ROLLOUT_TIMEOUT_MS, signal: context.signal };
    rollouts.push(await runRollout(api, request, timeline, options));
    if (rollouts.at(-1)?.state === 'paused') break;
  }

  const [first, ...staged] = rollouts.map(summarise);
  const { inferences, framesLost, framesSkipped, fallbacks } = await readCounters(context.running.devices);
  const figures = {
    devices: flags.devices,
    seconds: Math.round(timeline.seconds * 10) / 10,
    rollouts: first ? [{ version: first.version, result: first.result }, ...staged] : [],
    final: await finalVersions(api),
    inferences,
    framesLost,
    framesSkipped,
    fallbacks,
  };
  const missing = shortcomings(figures, { devices: flags.devices, goodVersion: v2.version });
  return { result: { schema: 'hamon.demo/1', ok: missing.length === 0, ...figures }, shortcomings: missing };
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
) {
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
async function publish(
  api: Api,
  timeline: Timeline,
  versions: readonly { readonly bundle: BundleDocument; readonly folder: string }[],
): Promise<void> {
  const created = new Set<string>();
  for (const { bundle, folder } of versions) {
    const { model, version, task } = bundle;
    if (!created.has(model)) await api.post('/v1/models', { name: model, task }, ModelView);
    created.add(model);
    await api.hamon('model', 'push', `${model}@${version}`, '--bundle', folder);
    await api.hamon('model', 'release', `${model}@${version}`);
    timeline.line(`${model}@${version} pushed, validated, released`);
  }
}

const Devices = z.object({ items: z.array(DeviceView), next: z.string().nullable() });

async function allOnline(api: Api, expected: number): Promise<boolean> {
  const { items } = await api.get('/v1/devices', Devices);
  return items.filter(({ online }) => online).length === expected;
}

/** How many devices report to run which version. */
async function finalVersions(api: Api): Promise<Record<string, number>> {
  const { items } = await api.get('/v1/devices', Devices);
  const counts: Record<string, number> = {};
  for (const { current } of items) {
    const version = current?.version ?? 'none';
    counts[version] = (counts[version] ?? 0) + 1;
  }
  return counts;
}
