/**
 * Fifty devices in one process, for `delivery`: each enrols with a key of its own, connects with a token, verifies the
 * manifest it gets and fetches index and chunks, 16 outstanding at most, checking every digest. They run no model.
 */
import { createHash } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import mqtt from 'mqtt';
import { brokerAudience, chunkTopic, desiredFilter, parseTopic } from '../libs/contracts/dist/index.js';
import { parseIndex } from '../libs/content/dist/index.js';
import { hardwareFacts } from '../libs/inference/dist/index.js';
import {
  generateSigningKey,
  publicJwkOf,
  signDeviceToken,
  signEnrolmentProof,
  verifyManifest,
} from '../libs/trust/dist/index.js';

const MAX_OUTSTANDING = 16;

const [url, token, count] = process.argv.slice(2);
const facts = await hardwareFacts('bench');

async function enrol(number) {
  const key = await generateSigningKey();
  const body = {
    token,
    publicKey: publicJwkOf(key),
    proof: await signEnrolmentProof({ token, now: new Date() }, key),
    device: `bench-${number}`,
    facts,
  };
  const ask = () =>
    fetch(new URL('/v1/enrolments', url), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  let response = await ask();
  // All at once are more than it takes; agents come again too.
  while (response.status === 503) {
    await delay(1000 * Number(response.headers.get('retry-after') ?? 1));
    response = await ask();
  }
  if (!response.ok) throw new Error(`enrolment: ${response.status} ${await response.text()}`);
  return { key, ...(await response.json()) };
}

/** One chunk from its retained message. */
class ChunkFetcher {
  #wanted = new Map();
  receivedBytes = 0;

  constructor(client, fleet) {
    this.client = client;
    this.fleet = fleet;
    client.on('message', (topic, payload) => {
      const parsed = parseTopic(topic);
      if (parsed?.name === 'chunk' && payload.length > 0) this.#arrived(topic, parsed.sha256, payload);
    });
  }

  fetch(sha256) {
    return new Promise((resolve, reject) => {
      this.#wanted.set(sha256, resolve);
      this.client.subscribe(chunkTopic(this.fleet, sha256), { qos: 1 }, (error) => error && reject(error));
    });
  }

  #arrived(topic, sha256, payload) {
    const resolve = this.#wanted.get(sha256);
    if (!resolve) return;
    if (createHash('sha256').update(payload).digest('hex') !== sha256)
      throw new Error(`chunk ${sha256} is corrupt`);
    this.#wanted.delete(sha256);
    this.receivedBytes += payload.length;
    this.client.unsubscribe(topic, () => resolve(payload));
  }

  async fetchAll(refs) {
    const queue = [...new Set(refs.map(({ sha256 }) => sha256))];
    const lane = async () => {
      for (let next = queue.shift(); next; next = queue.shift()) await this.fetch(next);
    };
    await Promise.all(Array.from({ length: MAX_OUTSTANDING }, lane));
  }
}

async function connect({ key, fleet, device, mqttUrl, manifestKey }) {
  const password = await signDeviceToken(
    { device, audience: brokerAudience(fleet), lifetimeSeconds: 600, now: new Date() },
    key,
  );
  const client = await mqtt.connectAsync(mqttUrl, {
    clientId: device,
    username: device,
    password,
    clean: true,
  });
  const fetcher = new ChunkFetcher(client, fleet);
  const manifest = new Promise((resolve, reject) => {
    client.on('message', (topic, payload) => {
      if (parseTopic(topic)?.name !== 'desired' || payload.length === 0) return;
      verifyManifest(JSON.parse(payload.toString()), manifestKey, { fleet, device, now: new Date() }).then(
        (verified) => (verified.ok ? resolve(verified.value) : reject(new Error(verified.error.detail))),
        reject,
      );
    });
  });
  await client.subscribeAsync(desiredFilter(fleet, device), { qos: 1 });
  return { install: async () => install(fetcher, (await manifest).bundle) };
}

async function install(fetcher, bundle) {
  const parts = [];
  for (const { sha256 } of bundle.chunks) parts.push(await fetcher.fetch(sha256));
  const index = parseIndex(Buffer.concat(parts), bundle.sha256);
  await fetcher.fetchAll(index.files.flatMap(({ chunks }) => chunks));
  return {
    bundleBytes: index.files.reduce((sum, { length }) => sum + length, 0),
    receivedBytes: fetcher.receivedBytes,
  };
}

process.on('disconnect', () => process.exit(0));
const devices = await Promise.all(
  Array.from({ length: Number(count) }, async (_, number) => connect(await enrol(number))),
);
process.send({ kind: 'connected' });
const installed = await Promise.all(devices.map((device) => device.install()));
process.send({
  kind: 'finished',
  bundleBytes: installed[0].bundleBytes,
  receivedBytes: installed.reduce((sum, { receivedBytes }) => sum + receivedBytes, 0),
});
