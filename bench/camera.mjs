import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { median, quantile } from '@hamon/stats';
import {
  encodeVideo,
  LossyLink,
  RtspServer,
  whyNoFfmpeg,
  whyNoLossyLink,
  whyNoRtspServer,
} from '../libs/testing/dist/index.js';
import { CameraProcess, monotonicMs } from './lib/camera-process.mjs';

const BUNDLE = fileURLToPath(new URL('../examples/surface-inspection/bundles/2.0.0', import.meta.url));
const MODEL = { model: 'surface-inspection', width: 96, height: 96 };
const ROUNDS = 5;
const OPENING_MS = 3000;
const BLOCK_MS = 6000;
const [WIDTH, HEIGHT, FRAMES] = [1280, 720, 1000];
const STREAMS = 8;
const STREAMS_MS = 30_000;
const LOSS_MS = 10_000;
const RECONNECTS = 100;
/** Cameras that lose their connections together; rounds that fill what is kept for ever, and rounds that are looked at. */
const [LOSING, WARM_UP, LOOKED_AT] = [4, 6, 5];

/**
 * A camera's frames from its server to the answer: H.264 over RTSP, encoded beforehand, each with its number in the picture;
 * the server notes when it sends which, each side when it has the answer to which. Beside it what one would write by hand:
 * ffmpeg → onnxruntime, in alternating blocks.
 */
export async function bench(say) {
  const missing = [whyNoFfmpeg, whyNoRtspServer].find((why) => why !== undefined);
  if (missing) return { figures: [], notes: [`not measured: ${missing}`] };
  const folder = await mkdtemp(join(tmpdir(), 'hamon-camera-'));
  try {
    const file = join(folder, 'camera.h264');
    say(`camera: ${FRAMES} frames of ${WIDTH}×${HEIGHT} are encoded`);
    await encodeVideo(file, { width: WIDTH, height: HEIGHT, frames: FRAMES, framesPerSecond: 25 });
    return {
      figures: [
        ...(await oneCamera(file, say)),
        ...(await severalCameras(file, say)),
        ...(await away(file, say)),
      ],
      notes: [
        `model: the example's, ${MODEL.width}×${MODEL.height}; ffmpeg scales on both sides; CPU in per cent of one core`,
      ],
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const rowOf = (url, rest = {}, row = {}) => ({
  ...{ name: 'camera', model: MODEL.model, ...row },
  source: { kind: 'ffmpeg', url, width: MODEL.width, height: MODEL.height, ...rest },
});

async function oneCamera(file, say) {
  const sent = new Map();
  const server = await RtspServer.start(
    { streams: { '/live': { file, framesPerSecond: 25, tell: true } } },
    ({ number, at }) => sent.set(number, at),
  );
  const url = server.url('/live');
  const whole = rowOf(url, { width: undefined, height: undefined });
  const sides = {
    bare: { script: './bare-camera.mjs', options: { url, bundle: BUNDLE } },
    ours: { script: './camera-agent.mjs', options: { streams: [rowOf(url)], bundle: BUNDLE } },
    whole: { script: './camera-agent.mjs', options: { streams: [whole], bundle: BUNDLE } },
  };
  const blocks = { bare: [], ours: [], whole: [] };
  try {
    for (let round = 0; round < ROUNDS; round += 1) {
      const order = round % 2 === 0 ? Object.keys(sides) : Object.keys(sides).reverse();
      for (const name of order) blocks[name].push(await block(sides[name], sent));
      const p95 = (name) => quantile(blocks[name].at(-1).lags, 0.95).toFixed(1);
      say(`camera: round ${round + 1}/${ROUNDS}: p95 ${p95('ours')} ms, bare ${p95('bare')} ms`);
    }
  } finally {
    await server.kill();
  }
  return figuresOfOne(blocks);
}

function figuresOfOne(blocks) {
  const overBlocks = (name, of) => median(blocks[name].map(of));
  const p95 = ({ lags }) => quantile(lags, 0.95);
  const lag = (name, what) => ({
    ...{ what: `send to answer, ${what}, p95`, value: overBlocks(name, p95), unit: 'ms' },
    detail: `median ${overBlocks(name, ({ lags }) => median(lags)).toFixed(1)} ms`,
  });
  const over = (name, what) => ({
    ...{ what: `send to answer, p95 over ${what}`, unit: '×', aim: { atMost: 1.15 } },
    value: median(blocks.ours.map((ours, i) => p95(ours) / p95(blocks[name][i]))),
  });
  const cpu = (name) => ({ value: overBlocks(name, ({ cpu }) => cpu), unit: '%' });
  const count = blocks.ours.reduce((sum, { lags }) => sum + lags.length, 0);
  const lost = blocks.ours.reduce((sum, { lags, wanted }) => sum + wanted - lags.length, 0);
  return [
    lag('bare', 'bare loop'),
    lag('ours', 'agent'),
    over('bare', 'the bare loop’s'),
    lag('whole', 'agent, which scales whole pictures itself'),
    { what: 'agent’s CPU beside ffmpeg and inference', ...cpu('ours'), aim: { atMost: 10 } },
    { what: 'the same where it scales whole pictures itself', ...cpu('whole') },
    { what: 'frames sent and not answered', value: lost, unit: '', detail: `of ${count + lost}` },
  ];
}

/** One side alone with the camera for a while, once its frames come. */
async function block({ script, options }, sent) {
  sent.clear();
  const side = await CameraProcess.start(script, options);
  await delay(OPENING_MS);
  const from = monotonicMs();
  const before = script.includes('agent') ? await side.look() : undefined;
  await delay(BLOCK_MS);
  const until = monotonicMs();
  const after = before && (await side.look());
  await delay(500);
  await side.end();
  const wanted = [...sent].filter(([, at]) => at >= from && at < until);
  const answers = new Map(side.answers.map(({ number, at }) => [number, at]));
  const lags = wanted.flatMap(([number, at]) => (answers.get(number) > at ? [answers.get(number) - at] : []));
  const cpu = before && ((after.cpuMs - before.cpuMs) / (until - from)) * 100;
  return { lags, wanted: wanted.length, cpu };
}

async function severalCameras(file, say) {
  const paths = Array.from({ length: STREAMS }, (_, i) => `/live${i + 1}`);
  const sent = new Map(paths.map((path) => [path.slice(1), new Map()]));
  const stream = { file, framesPerSecond: 5, tell: true };
  const server = await RtspServer.start(
    { streams: Object.fromEntries(paths.map((path) => [path, stream])) },
    ({ path, number, at }) => sent.get(path.slice(1)).set(number, at),
  );
  say(`camera: ${STREAMS} cameras at 5 frames a second`);
  const streams = paths.map((path) => rowOf(server.url(path), {}, { name: path.slice(1) }));
  try {
    const side = await CameraProcess.start('./camera-agent.mjs', { streams, bundle: BUNDLE });
    await delay(3 * OPENING_MS);
    const before = await side.look();
    const from = monotonicMs();
    await delay(STREAMS_MS);
    const until = monotonicMs();
    const after = await side.look();
    await side.end();
    const answers = side.answers.flatMap(({ stream, number, at }) => {
      const sentAt = sent.get(stream).get(number);
      return at >= from && at < until && sentAt < at ? [{ at, lag: at - sentAt }] : [];
    });
    const lagIn = (begin, end) =>
      median(answers.filter(({ at }) => at >= begin && at < end).map(({ lag }) => lag));
    const third = STREAMS_MS / 3;
    const seconds = (until - from) / 1000;
    const cpu = ((after.cpuMs - before.cpuMs) / (until - from)) * 100;
    return [
      {
        what: `${STREAMS} cameras at 5 a second: answers a second`,
        value: answers.length / seconds,
        unit: '',
        aim: { atLeast: 39 },
      },
      {
        what: 'their lag at the end less that at the beginning',
        value: lagIn(until - third, until) - lagIn(from, from + third),
        unit: 'ms',
        aim: { atMost: 20 },
      },
      { what: 'frames skipped', value: after.frames.skipped - before.frames.skipped, unit: '' },
      {
        what: 'agent’s CPU beside ffmpeg and inference',
        value: cpu,
        unit: '%',
        aim: { atMost: 10 },
        detail: `of ${STREAMS} cameras`,
      },
    ];
  } finally {
    await server.kill();
  }
}

/** How soon frames come again, and what is left of a hundred connections. */
async function away(file, say) {
  const figures = [];
  say('camera: a server that is started again, and one that stalls');
  figures.push(...(await awayOne('a server started again', { file }, restarted)));
  figures.push(...(await awayOne('a stream stalled for 10 s', { file }, stalled)));
  if (whyNoLossyLink === undefined) {
    say('camera: 60 % of the packets are lost');
    for (const transport of ['tcp', 'udp']) {
      figures.push(
        ...(await awayOne(
          `60 % packet loss for 10 s, ${transport.toUpperCase()}`,
          { file, transport, isLossy: true },
          lost,
        )),
      );
    }
  }
  say(`camera: ${RECONNECTS} connections`);
  figures.push(await reconnected(file));
  return figures;
}

async function restarted({ server }) {
  await server.kill();
  await delay(LOSS_MS);
  await server.start();
}
async function stalled({ server }) {
  server.stall('/live');
  await delay(LOSS_MS);
  server.resume('/live');
}
async function lost({ link }) {
  await link.lose(60);
  await delay(LOSS_MS);
  await link.heal();
}

async function awayOne(what, { file, transport = 'tcp', isLossy = false }, trouble) {
  const link = isLossy ? await LossyLink.open() : undefined;
  const server = await RtspServer.start({
    ...(link && { address: link.address, prefix: link.prefix }),
    streams: { '/live': { file, framesPerSecond: 25 } },
  });
  const streams = [rowOf(server.url('/live'), { transport })];
  const side = await CameraProcess.start('./camera-agent.mjs', { streams, bundle: BUNDLE });
  try {
    await delay(OPENING_MS);
    await trouble({ server, link });
    const backAt = monotonicMs();
    const first = await firstAnswers(side, backAt);
    return [
      { what: `${what}: frames again after`, value: (first - backAt) / 1000, unit: 's', aim: { atMost: 5 } },
    ];
  } finally {
    await side.end();
    await server.kill();
    await link?.close();
  }
}

/** Ten frames whose numbers can be read, so that it is no last one from before. */
async function firstAnswers(side, since) {
  for (;;) {
    const seen = side.answers.filter(({ at, number }) => at > since && number !== undefined);
    if (seen.length >= 10) return seen[0].at;
    if (monotonicMs() - since > 60_000) return Infinity;
    await delay(100);
  }
}

async function reconnected(file) {
  const paths = Array.from({ length: LOSING }, (_, i) => `/live${i + 1}`);
  const stream = { file, framesPerSecond: 10 };
  const server = await RtspServer.start({ streams: Object.fromEntries(paths.map((path) => [path, stream])) });
  const streams = paths.map((path) => rowOf(server.url(path), {}, { name: path.slice(1) }));
  const side = await CameraProcess.start('./camera-agent.mjs', { streams, bundle: BUNDLE });
  try {
    await connections(side, server, WARM_UP);
    const first = await connections(side, server, LOOKED_AT);
    await connections(side, server, RECONNECTS / LOSING - LOOKED_AT);
    const last = await connections(side, server, LOOKED_AT);
    return {
      what: `memory after ${RECONNECTS} connections more`,
      ...{ value: (last / first - 1) * 100, unit: '%', aim: { atMost: 3 } },
      detail: `${first.toFixed(1)} → ${last.toFixed(1)} MB, ${LOSING} cameras`,
    };
  } finally {
    await side.end();
    await server.kill();
  }
}

/** Every camera loses its connection so often, and gets it again; the agent's memory in MB meanwhile. */
async function connections(side, server, many) {
  const seen = [];
  for (let i = 0; i < many; i += 1) {
    const { sources: before } = await looksUntil(side, ({ state }) => state === 'running');
    server.drop();
    const { rssMb } = await looksUntil(
      side,
      ({ restarts, frames }, at) => restarts > before[at].restarts && frames > before[at].frames + 5,
    );
    seen.push(rssMb);
  }
  return median(seen);
}

async function looksUntil(side, holds) {
  for (;;) {
    const look = await side.look();
    if (look.sources.every(holds)) return look;
    await delay(100);
  }
}
