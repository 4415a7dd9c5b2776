import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { median, quantile } from '@hamon/stats';
import { MqttClient } from 'mqtt';
import { connect } from 'node:net';
import { convStack, Mosquitto, whyNoMosquitto } from '../libs/testing/dist/index.js';
import { bareSession } from './lib/agent-path.mjs';
import { timed } from './lib/timed.mjs';

const ROUNDS = 12;
const UNMEASURED = 10;
const MEASURED = 40;
/** A model of some 5 ms on the machine that the aims were set on. */
const LAYERS = 5;

/**
 * From a trigger, sent over loopback to an agent's data plane in another process, to its answer here: the newest frame of a
 * camera, the model's child process, and back. Beside it `session.run` of the same model in this process, in alternating
 * blocks. With HTTP the connection is kept alive; with MQTT a real Mosquitto is between, both ways.
 */
export async function bench(say) {
  const folder = await mkdtemp(join(tmpdir(), 'hamon-bench-'));
  const broker = whyNoMosquitto === undefined ? await Mosquitto.open() : undefined;
  try {
    await broker?.start();
    const modelPath = join(folder, 'model.onnx');
    await writeFile(modelPath, convStack(LAYERS));
    const brokerUrl = broker && `mqtt://127.0.0.1:${broker.port}`;
    say(`trigger: ${LAYERS} layers, ${ROUNDS} rounds of ${MEASURED} a side`);
    const latencies = await measure(modelPath, brokerUrl);
    return {
      figures: Object.entries(latencies).flatMap(([way, taken]) => figuresOf(way, taken, latencies.bare)),
      notes: [
        `${ROUNDS * MEASURED} triggers a way, one at a time; frames of a camera at 25 a second that fit the model`,
        ...(broker ? [] : [`MQTT was left out: ${whyNoMosquitto}`]),
      ],
    };
  } finally {
    await broker?.discard();
    await rm(folder, { recursive: true, force: true });
  }
}

async function measure(modelPath, brokerUrl) {
  const bare = await bareSession(modelPath);
  const plane = await startPlane(modelPath, brokerUrl);
  const byHttp = httpTrigger(plane.http);
  const byMqtt = brokerUrl && (await mqttTrigger(brokerUrl));
  const ways = { bare: bare.run, http: byHttp.ask, ...(byMqtt && { mqtt: byMqtt.ask }) };
  const latencies = Object.fromEntries(Object.keys(ways).map((way) => [way, []]));
  try {
    for (let round = 0; round < ROUNDS; round += 1) {
      // Whoever comes after a block of pure computing pays for it where the machine is busy: each does in turn.
      const [first, ...others] = Object.entries(ways);
      for (const [way, ask] of [first, ...(round % 2 === 0 ? others : others.reverse())]) {
        await timed(UNMEASURED, ask);
        latencies[way].push(...(await timed(MEASURED, ask)));
      }
    }
    return latencies;
  } finally {
    byHttp.close();
    byMqtt?.close();
    await plane.stop();
  }
}

function figuresOf(way, taken, bare) {
  const p95 = quantile(taken, 0.95);
  if (way === 'bare') {
    return [
      { what: 'bare session.run, median', value: median(bare), unit: 'ms' },
      { what: 'bare session.run, 95th percentile', value: p95, unit: 'ms' },
    ];
  }
  const name = { http: 'HTTP', mqtt: 'MQTT' }[way];
  return [
    { what: `${name}, trigger to answer, median`, value: median(taken), unit: 'ms' },
    { what: `${name}, trigger to answer, 95th percentile`, value: p95, unit: 'ms' },
    {
      ...{ what: `${name}, 95th percentile over the model's`, value: p95 - quantile(bare, 0.95), unit: 'ms' },
      aim: { atMost: 5 },
    },
  ];
}

async function startPlane(modelPath, brokerUrl) {
  const program = fileURLToPath(new URL('./lib/triggered-plane.mjs', import.meta.url));
  const child = spawn(process.execPath, [program, modelPath, ...(brokerUrl ? [brokerUrl] : [])], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const [line] = await once(child.stdout, 'data');
  return {
    ...JSON.parse(line.toString()),
    stop: async () => {
      const exit = once(child, 'exit');
      child.stdin.end();
      await exit;
    },
  };
}

function httpTrigger(url) {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const ask = () =>
    new Promise((resolve, reject) => {
      const asking = request(`${url}/v1/streams/by-http/trigger`, { method: 'POST', agent }, (answer) => {
        const pieces = [];
        answer.on('data', (piece) => pieces.push(piece));
        answer.on('end', () => {
          if (answer.statusCode === 200) resolve();
          else reject(new Error(Buffer.concat(pieces).toString()));
        });
      });
      asking.once('error', reject);
      asking.end();
    });
  return { ask, close: () => agent.destroy() };
}

/** The other side of the line: publishes a trigger and waits for the answer with its correlation. */
async function mqttTrigger(url) {
  const { hostname, port } = new URL(url);
  const client = new MqttClient(() => connect(Number(port), hostname).setNoDelay(true), {
    protocolVersion: 4,
  });
  const waiting = new Map();
  client.on('message', (_, payload) => {
    const { trigger, error } = JSON.parse(payload.toString());
    const { resolve, reject } = waiting.get(trigger.correlation) ?? {};
    waiting.delete(trigger.correlation);
    if (error) reject?.(new Error(error.detail));
    else resolve?.();
  });
  await once(client, 'connect');
  await client.subscribeAsync('bench/answer');
  let count = 0;
  const ask = () =>
    new Promise((resolve, reject) => {
      const correlation = String((count += 1));
      waiting.set(correlation, { resolve, reject });
      client.publish('bench/trigger', correlation);
    });
  // Answered as soon as the other side has subscribed.
  const greeted = ask();
  const greeting = setInterval(() => client.publish('bench/trigger', '1'), 200);
  await greeted;
  clearInterval(greeting);
  return { ask, close: () => client.end(true) };
}
