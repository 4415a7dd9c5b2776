/**
 * What an integrator would write by hand, in a process of its own: ffmpeg's raw frames → samples → `session.run`, always on
 * the newest frame. Started by `bench/camera.mjs` with one JSON argument `{url, bundle}`.
 */
import { spawn } from 'node:child_process';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { readNumber } from '../../libs/testing/dist/index.js';
import { readBundle } from './bundle.mjs';
import { monotonicMs, sendInBatches } from './camera-process.mjs';

const { url, bundle: folder } = JSON.parse(process.argv[2]);
const { bundle, modelPath } = await readBundle(folder);
const { name, width, height, channels, scale, mean, std } = bundle.input;
const session = await InferenceSession.create(modelPath, {
  ...{ executionProviders: ['cpu'], intraOpNumThreads: 1, interOpNumThreads: 1 },
});
// As one would write it who has measured: each thread and buffer that is left out here costs a frame's time or more.
const quick = '-hide_banner -nostdin -nostats -loglevel fatal -flags low_delay -threads 1'.split(' ');
const scaled = ['-an', '-vf', `scale=${width}:${height}:flags=bilinear`, '-fps_mode', 'passthrough'];
const form = ['-threads', '1', '-pix_fmt', channels === 1 ? 'gray' : 'rgb24', '-f', 'rawvideo'];
const ffmpeg = spawn(
  'ffmpeg',
  [...quick, '-rtsp_transport', 'tcp', '-i', url, ...scaled, ...form, '-flush_packets', '1', 'pipe:1'],
  { stdio: ['ignore', 'pipe', 'inherit'] },
);

const answered = sendInBatches('answers');
const bytes = width * height * channels;
let rest = Buffer.alloc(0);
let newest;
let isRunning = false;
ffmpeg.stdout.on('data', (piece) => {
  rest = rest.length === 0 ? piece : Buffer.concat([rest, piece]);
  const whole = Math.floor(rest.length / bytes);
  if (whole === 0) return;
  newest = rest.subarray((whole - 1) * bytes, whole * bytes);
  rest = rest.subarray(whole * bytes);
  void run();
});

async function run() {
  if (isRunning) return;
  isRunning = true;
  while (newest) {
    const data = newest;
    newest = undefined;
    const feed = new Float32Array(bytes);
    for (let c = 0, to = 0; c < channels; c += 1) {
      for (let i = c; i < bytes; i += channels, to += 1) feed[to] = (data[i] * scale - mean[c]) / std[c];
    }
    const outputs = await session.run({ [name]: new Tensor('float32', feed, [1, channels, height, width]) });
    const scores = outputs[bundle.output.name].data;
    scores.indexOf(Math.max(...scores));
    const at = monotonicMs();
    answered({ stream: 'bare', number: readNumber({ data, width, height, channels }), at });
  }
  isRunning = false;
}

process.on('message', (action) => {
  if (action !== 'end') return;
  ffmpeg.kill('SIGKILL');
  ffmpeg.once('close', () => process.disconnect());
});
process.send({ kind: 'ready' });
