import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { EnrolmentTokenView, type RolloutView, type StartRollout } from '@hamon/contracts';
import { Api } from '../api.js';
import { bundleFolder, type BundleFolder } from '../bundle-folder.js';
import { readCounters } from '../counters.js';
import { CLASSIFIER, DETECTOR, exampleBundle, exampleImages } from '../example.js';
import { finalVersions } from '../final-versions.js';
import { startAgent, type DemoDevice } from '../fleet.js';
import { listImages } from '../list-images.js';
import { startPlatform } from '../platform.js';
import { publish } from '../publish.js';
import { runRollout } from '../rollouts.js';
import { ROOT } from '../root.js';
import { allOnline, type DemoContext } from '../run-demo.js';
import { waitFor } from '../wait.js';
import { CameraFeed } from './camera-feed.js';
import { CameraServer } from './camera-server.js';
import { camerasShortcomings, LEAST, type CamerasResult, type StreamResult } from './cameras-result.js';
import { BELT, GATE, gatewayConfig, secretEnvironment } from './gateway-config.js';
import { PlantLine } from './plant-line.js';
import { requireFfmpeg } from './require-ffmpeg.js';
import { streamFrames } from './stream-counters.js';
import { WebhookReceiver } from './webhook-receiver.js';

/** A gateway's frames come from one device: gates wait somewhat longer for them than in a fleet. */
const PACE = {
  stages: '100%',
  watchSeconds: 3,
  gate: { maxWatchFactor: 40 },
  policy: { probation: { seconds: 3, minFrames: 10 }, telemetry: { windowSeconds: 1 } },
} satisfies Partial<StartRollout>;
const ROLLOUT_TIMEOUT_MS = 180_000;
const CAMERA_FRAMES_PER_SECOND = 15;

interface Surroundings {
  readonly cameras: CameraServer;
  readonly line: PlantLine;
  readonly receiver: WebhookReceiver;
}

export interface CamerasOutcome {
  readonly result: CamerasResult;
  readonly shortcomings: readonly string[];
}

/** A gateway in a cabinet: two network cameras, a line that says when a part is there, and somebody who is told of defects. */
export async function runCameras(context: DemoContext): Promise<CamerasOutcome> {
  const { timeline, running, signal, dataDir } = context;
  await requireFfmpeg();
  const classifier = await bundleFolder(exampleBundle(ROOT, CLASSIFIER, '2.0.0'));
  const detector = await bundleFolder(exampleBundle(ROOT, DETECTOR, '2.0.0'));

  timeline.heading('The plant and the platform start');
  const around = await startSurroundings(context);
  const platform = await startPlatform(dataDir, context.onUnexpectedExit, signal);
  running.platform = platform;
  timeline.line(`control plane at ${platform.httpUrl}, broker at ${platform.mqttUrl}`);
  const api = new Api(platform.httpUrl, platform.adminToken);
  await publish(api, timeline, [classifier]);
  await publish(api, timeline, [detector]);

  timeline.heading('A gateway enrols');
  const gateway = await enrolGateway(api, context, around, classifier, detector);
  timeline.line(`gateway ${gateway.id} online, its page at ${gateway.httpUrl}/`);
  const ending = new AbortController();
  const parts = around.line.run(AbortSignal.any([ending.signal, signal]));
  parts.catch(() => ending.abort());

  timeline.heading('Both models go out while the line runs');
  const rollouts = await Promise.all([classifier, detector].map((version) => rollOut(api, version, context)));
  await waitFor('enough frames, triggers and defects', async () => enough(gateway, around), {
    timeoutMs: 60_000,
    everyMs: 500,
    signal: AbortSignal.any([ending.signal, signal]),
  }).catch(async (cause: unknown) => {
    // Where the line itself met a fault, that is what to tell.
    ending.abort();
    await parts;
    throw cause;
  });
  ending.abort();
  await parts;

  const found = await figuresOf(api, context, { gateway, around, rollouts, classifier, detector });
  const shortcomings = camerasShortcomings({
    figures: found,
    parts: around.line.counts,
    refusedWebhooks: around.receiver.refused,
  });
  for (const { name, answered, skipped, triggers, webhooks } of found.streams) {
    const more = triggers === undefined ? `${webhooks} defects by webhook` : `${triggers} triggers by MQTT`;
    timeline.line(`stream ${name}: ${answered} frames answered, ${skipped} left out, ${more}`);
  }
  return { result: { schema: 'hamon.demo/1', ok: shortcomings.length === 0, ...found }, shortcomings };
}

async function startSurroundings(context: DemoContext): Promise<Surroundings> {
  const { dataDir, timeline, running, onUnexpectedExit, signal } = context;
  const stops = (running.stops = running.stops ?? []);
  const images = await listImages(exampleImages(ROOT));
  const folder = join(dataDir, 'cameras');
  await mkdir(folder, { recursive: true });
  const feeds = new Map<string, CameraFeed>();
  for (const [name, shown] of [
    [BELT, mixed(images)],
    [GATE, mixed(images).reverse()],
  ] as const) {
    const options = { name, folder, images: shown, framesPerSecond: CAMERA_FRAMES_PER_SECOND };
    const feed = await CameraFeed.start({ ...options, onUnexpectedExit, signal });
    stops.push(() => feed.stop());
    feeds.set(name, feed);
  }
  const cameras = await CameraServer.start(feeds);
  stops.push(() => cameras.stop());
  const line = await PlantLine.start();
  stops.push(() => line.stop());
  const receiver = await WebhookReceiver.start();
  stops.push(() => receiver.stop());
  timeline.line(`cameras at ${cameras.urlOf(BELT)} and ${cameras.urlOf(GATE)}`);
  timeline.line(`the plant's broker at ${line.url}, the webhook receiver at ${receiver.url}`);
  return { cameras, line, receiver };
}

/** Not one kind of part after the other, and the same in each run. */
const mixed = (images: readonly string[]): string[] =>
  images.map((_, i) => images[(i * 37) % images.length] ?? '').filter((image) => image !== '');

async function enrolGateway(
  api: Api,
  { dataDir, running, onUnexpectedExit, signal }: DemoContext,
  { cameras, line, receiver }: Surroundings,
  { bundle: classifier }: BundleFolder,
  { bundle: detector }: BundleFolder,
): Promise<DemoDevice> {
  const token = await api.call('POST /v1/enrolment-tokens', EnrolmentTokenView, {
    body: { uses: 1, ttlSeconds: 600, labels: { site: 'demo' } },
  });
  const gateway = await startAgent({
    ...{ dataDir, onUnexpectedExit, signal, id: 'gateway-01' },
    serverUrl: api.server,
    enrolmentToken: token.token ?? '',
    config: gatewayConfig({
      ...{ classifier, detector, brokerUrl: line.url, webhookUrl: receiver.url },
      urlOf: (camera) => cameras.urlOf(camera),
    }),
    env: secretEnvironment(receiver.secret),
  });
  running.devices = [gateway];
  const isOnline = async (): Promise<true | undefined> => (await allOnline(api, 1)) || undefined;
  await waitFor('the gateway online', isOnline, { timeoutMs: 60_000, signal });
  return gateway;
}

function rollOut(
  api: Api,
  { bundle: { model, version } }: BundleFolder,
  { timeline, signal }: DemoContext,
): Promise<RolloutView> {
  const say = (line: string): void => timeline.line(`${model}: ${line}`);
  return runRollout(api, { model, version, ...PACE }, say, { timeoutMs: ROLLOUT_TIMEOUT_MS, signal });
}

async function enough(gateway: DemoDevice, { line, receiver }: Surroundings): Promise<true | undefined> {
  const frames = await framesOf(gateway);
  const isThere =
    (frames.get(BELT)?.answered ?? 0) >= LEAST.frames &&
    line.counts.seen >= LEAST.triggers &&
    receiver.received >= LEAST.webhooks;
  return isThere || undefined;
}

async function framesOf({ httpUrl }: DemoDevice): Promise<ReturnType<typeof streamFrames>> {
  return streamFrames(await (await fetch(new URL('/metrics', httpUrl))).text());
}

const MOST_LOOKS = 100;
const LOOK_AGAIN_MS = 5;

/** Between two frames: one in flight is counted and not yet answered. */
async function settledFrames(gateway: DemoDevice): Promise<ReturnType<typeof streamFrames>> {
  for (let look = 1; ; look += 1) {
    const frames = await framesOf(gateway);
    const isSettled = [...frames.values()].every((stream) => stream.frames === stream.answered);
    if (isSettled || look === MOST_LOOKS) return frames;
    await delay(LOOK_AGAIN_MS);
  }
}

interface Found {
  readonly gateway: DemoDevice;
  readonly around: Surroundings;
  readonly rollouts: readonly RolloutView[];
  readonly classifier: BundleFolder;
  readonly detector: BundleFolder;
}

async function figuresOf(
  api: Api,
  { timeline }: DemoContext,
  { gateway, around, rollouts, classifier, detector }: Found,
): Promise<Omit<CamerasResult, 'ok' | 'schema'>> {
  const { model } = classifier.bundle;
  const { models: counted, ...counters } = await readCounters([gateway]);
  const final = await finalVersions(api, [model, detector.bundle.model]);
  const frames = await settledFrames(gateway);
  const none = { frames: 0, answered: 0, skipped: 0 };
  const streams: StreamResult[] = [
    { name: BELT, model, ...(frames.get(BELT) ?? none), webhooks: around.receiver.received },
    {
      ...{ name: GATE, model: detector.bundle.model, ...(frames.get(GATE) ?? none) },
      triggers: around.line.counts.seen,
    },
  ];
  return {
    devices: 1,
    seconds: Math.round(timeline.seconds * 10) / 10,
    rollouts: rollouts.map(({ version, state }) => ({ version, result: state })),
    final: final[model] ?? {},
    ...counters,
    models: Object.fromEntries(
      Object.entries(final).map(([name, versions]) => [
        name,
        { ...(counted[name] ?? { inferences: 0, framesLost: 0 }), final: versions },
      ]),
    ),
    streams,
  };
}
