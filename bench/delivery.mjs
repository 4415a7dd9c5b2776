import { fork } from 'node:child_process';
import { createHash } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { MqttClient } from 'mqtt';
import { seededRandom } from '../libs/stats/dist/index.js';
import { bundleDocument, onnxFile } from '../libs/testing/dist/index.js';
import { openPlane } from './lib/plane.mjs';

const DEVICES = 50;
const WANTED_BYTES = 8 * 1024 * 1024;
const DEADLINE_MS = 120_000;

/**
 * A whole control plane on embedded parts in this process; the devices, in another, enrol, connect, verify their manifests and
 * fetch every chunk. What the control plane publishes is counted where it leaves for the broker.
 */
export async function bench(say) {
  const published = countPublications();
  const plane = await openPlane();
  const { api } = plane;
  try {
    await pushModel(api);
    const devices = await startDevices(plane.url, await enrolmentToken(api));
    say(`delivery: ${DEVICES} devices are connected`);
    try {
      const begin = performance.now();
      await api('POST', '/v1/rollouts', {
        model: 'heavy',
        version: '1.0.0',
        stages: '100%',
        watchSeconds: 0,
      });
      const fetched = await devices.finished(DEADLINE_MS);
      return report(published, fetched, (performance.now() - begin) / 1000);
    } finally {
      devices.stop();
    }
  } finally {
    await plane.stop();
  }
}

function report(published, { bundleBytes, receivedBytes }, seconds) {
  const mb = 1024 * 1024;
  return {
    figures: [
      { what: 'devices', value: DEVICES, unit: '' },
      { what: 'bundle', value: bundleBytes / mb, unit: 'MB' },
      { what: 'received by devices', value: receivedBytes / mb, unit: 'MB' },
      { what: 'published by the control plane', value: published.bytes / mb, unit: 'MB' },
      {
        what: 'published over the bundle',
        value: published.bytes / bundleBytes,
        unit: '×',
        aim: { atMost: 1.05 },
      },
      { what: 'rollout start to last device', value: seconds, unit: 's' },
      { what: 'delivered', value: receivedBytes / mb / seconds, unit: 'MB/s' },
    ],
    notes: [`${published.messages} messages published: chunks once, and one manifest per device`],
  };
}

/** Counts payload and topic of all that MQTT clients in this process publish, from the start: only the control plane's is here. */
function countPublications() {
  const counted = { bytes: 0, messages: 0 };
  const { publish } = MqttClient.prototype;
  MqttClient.prototype.publish = function counting(topic, payload, ...rest) {
    counted.bytes += Buffer.byteLength(topic) + Buffer.byteLength(payload);
    counted.messages += 1;
    return publish.call(this, topic, payload, ...rest);
  };
  return counted;
}

async function pushModel(api) {
  const model = heavyModel();
  const sha256 = createHash('sha256').update(model).digest('hex');
  const file = 'model.fp32.onnx';
  const bundle = bundleDocument({
    model: 'heavy',
    input: { ...bundleDocument().input, width: 64, height: 64 },
  });
  await api('PUT', `/v1/artifacts/${sha256}`, model);
  await api('POST', '/v1/models', { name: 'heavy', task: 'classification' });
  const files = [{ path: file, sha256, length: model.length }];
  await api('POST', '/v1/models/heavy/versions', { version: '1.0.0', bundle, files });
  await api('POST', '/v1/models/heavy/versions/1.0.0/release');
}

/** Two dense layers whose weights are noise: no chunk equals another, and nothing compresses. */
function heavyModel() {
  const pixels = 64 * 64;
  const hidden = WANTED_BYTES / 4 / pixels;
  const random = seededRandom(1);
  const noise = (length) => Float32Array.from({ length }, () => random.next() / 100 - 0.005);
  const dense = { transB: { int: 1 } };
  return onnxFile({
    nodes: [
      { op: 'Flatten', inputs: ['image'], outputs: ['flat'], attributes: { axis: { int: 1 } } },
      { op: 'Gemm', inputs: ['flat', 'first'], outputs: ['hidden'], attributes: dense },
      { op: 'Gemm', inputs: ['hidden', 'second'], outputs: ['scores'], attributes: dense },
    ],
    initializers: [
      { name: 'first', dims: [hidden, pixels], data: noise(hidden * pixels) },
      { name: 'second', dims: [3, hidden], data: noise(3 * hidden) },
    ],
    inputs: [{ name: 'image', shape: [1, 1, 64, 64] }],
    outputs: [{ name: 'scores', shape: [1, 3] }],
  });
}

async function enrolmentToken(api) {
  return (await api('POST', '/v1/enrolment-tokens', { uses: DEVICES, ttlSeconds: 3600 })).token;
}

/** All devices in one process of their own; answers when every one is subscribed to its manifest. */
async function startDevices(url, token) {
  const child = fork(fileURLToPath(new URL('delivery-devices.mjs', import.meta.url)), [
    url,
    token,
    String(DEVICES),
  ]);
  const next = (kind, timeoutMs) =>
    new Promise((resolve, reject) => {
      const timeout = setTimeout(() => reject(new Error(`no "${kind}" within ${timeoutMs} ms`)), timeoutMs);
      child.once('exit', (code) => reject(new Error(`the devices ended with code ${code}`)));
      child.on('message', (message) => {
        if (message.kind !== kind) return;
        clearTimeout(timeout);
        resolve(message);
      });
    });
  await next('connected', DEADLINE_MS);
  return { finished: (timeoutMs) => next('finished', timeoutMs), stop: () => child.kill() };
}
