import { DeviceView, EnrolmentTokenView, ModelView } from '@hamon/contracts';
import { Api } from './api.js';
import { readCounters } from './counters.js';
import { type DemoVersions, demoVersions } from './demo-versions.js';
import { finalVersions } from './final-versions.js';
import type { DemoFlags } from './flags.js';
import { type DemoDevice, type PlayedImages, startFleet } from './fleet.js';
import { listImages } from './list-images.js';
import { type Platform, startPlatform } from './platform.js';
import { publish } from './publish.js';
import { type DemoResult, shortcomings, summarise } from './result.js';
import { ripple } from './ripple.js';
import type { Timeline } from './timeline.js';
import { waitFor } from './wait.js';

/** What runs; filled as it starts, so that a demo that fails half-way still stops what it started. */
export interface Running {
  platform?: Platform;
  devices: DemoDevice[];
  /** Ends what else runs, the last first. */
  stops?: (() => Promise<void> | void)[];
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
const FRAMES_PER_SECOND_BESIDE = 5;

export interface DemoOutcome {
  readonly result: DemoResult;
  readonly shortcomings: readonly string[];
}

/** The main job, start to end: v1 everywhere, v2 in stages, v3 stopped at the first device; another model beside them. */
export async function runDemo(context: DemoContext): Promise<DemoOutcome> {
  const { flags, timeline, running, signal } = context;
  const images = await listImages(flags.images);
  if (images.length === 0) throw new Error(`--images: no PNG or JPEG below ${flags.images}`);
  const versions = await demoVersions(flags, context.dataDir, images, timeline);
  const { v1, v2, v3, beside } = versions;

  timeline.heading('The platform starts');
  const platform = await startPlatform(context.dataDir, context.onUnexpectedExit, signal);
  running.platform = platform;
  timeline.line(`control plane at ${platform.httpUrl}, broker at ${platform.mqttUrl}`);
  const api = new Api(platform.httpUrl, platform.adminToken);
  await Promise.all([publish(api, timeline, [v1, v2, v3]), publish(api, timeline, beside ? [beside] : [])]);
  const { model, version: goodVersion } = v2.bundle;
  await api.call('PUT /v1/models/{model}/cloud', ModelView, {
    params: { model },
    body: { version: goodVersion },
  });

  timeline.heading(`${flags.devices} devices enrol`);
  running.devices = await enrolFleet(api, context, playsOf(versions, flags.images));
  timeline.line(`${flags.devices} agents online, ${images.length} images in another order on each`);

  const rollouts = await ripple(api, versions, { devices: running.devices, timeline, signal });
  const [first, ...staged] = rollouts.map(summarise);
  const { models: counted, ...counters } = await readCounters(running.devices);
  const final = await finalVersions(api, [model, ...(beside ? [beside.bundle.model] : [])]);
  const figures = {
    devices: flags.devices,
    seconds: Math.round(timeline.seconds * 10) / 10,
    rollouts: first ? [{ version: first.version, result: first.result }, ...staged] : [],
    final: final[model] ?? {},
    ...counters,
    models: Object.fromEntries(
      Object.entries(final).map(([name, versions]) => [
        name,
        { ...(counted[name] ?? { inferences: 0, framesLost: 0 }), final: versions },
      ]),
    ),
  };
  const missing = shortcomings(figures, { devices: flags.devices, goodVersion, beside: beside?.bundle });
  return { result: { schema: 'hamon.demo/1', ok: missing.length === 0, ...figures }, shortcomings: missing };
}

/** A stream for each model, over the same images. */
function playsOf({ v1, beside }: DemoVersions, images: string): PlayedImages[] {
  const main = { model: v1.bundle.model, images, framesPerSecond: FRAMES_PER_SECOND };
  if (!beside) return [main];
  return [main, { model: beside.bundle.model, images, framesPerSecond: FRAMES_PER_SECOND_BESIDE }];
}

/** Answers once every device is online. */
async function enrolFleet(
  api: Api,
  { flags, dataDir, onUnexpectedExit, signal }: DemoContext,
  plays: readonly PlayedImages[],
): Promise<DemoDevice[]> {
  const token = await api.call('POST /v1/enrolment-tokens', EnrolmentTokenView, {
    body: { uses: flags.devices, ttlSeconds: 600, labels: { site: 'demo' } },
  });
  const fleet = await startFleet({
    ...{ dataDir, onUnexpectedExit, signal, plays },
    serverUrl: api.server,
    enrolmentToken: token.token ?? '',
    devices: flags.devices,
  });
  await waitFor('every device online', async () => (await allOnline(api, flags.devices)) || undefined, {
    timeoutMs: 60_000,
    signal,
  });
  return fleet;
}

export async function allOnline(api: Api, expected: number): Promise<boolean> {
  const devices = await api.list('GET /v1/devices', DeviceView);
  return devices.filter(({ online }) => online).length === expected;
}
