import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { encodeSample } from '@hamon/contracts';
import { DataSource } from 'typeorm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ControlPlaneProcess } from '../support/control-plane-process.js';
import { enrol, type TestDevice } from '../support/enrol.js';
import { metaOf, picture, putSample, setPolicy } from '../support/samples.js';
import { makeTestPlace, type TestControlPlane, type TestPlace } from '../support/test-control-plane.js';

const KILLS = 3;
const SAMPLES = 40;
/** Large enough that some are cut in the midst of it. */
const PICTURE_BYTES = 300_000;

let place: TestPlace;
let plane: ControlPlaneProcess;
let database: DataSource;
let device: TestDevice;
/** What the helpers need of a control plane. */
const called = (): TestControlPlane => plane as unknown as TestControlPlane;

beforeAll(async () => {
  place = await makeTestPlace();
  plane = await ControlPlaneProcess.start(place);
  database = await new DataSource({ type: 'postgres', url: place.databaseUrl }).initialize();
  await setPolicy(called(), { maxBytesPerDeviceDay: 1024 ** 3 });
  device = await enrol(called());
});
afterAll(async () => {
  await plane.end('SIGTERM');
  await database.destroy();
  await place.discard();
});

/** As an agent does: until it is confirmed. Answers the bytes of the picture and of what is said of it. */
async function sendUntilTaken(): Promise<number> {
  const bytes = picture(PICTURE_BYTES);
  const meta = metaOf(device.id, bytes);
  const body = encodeSample(meta, bytes) as NonNullable<RequestInit['body']>;
  for (;;) {
    const answer = await putSample(called(), await device.token(), meta.sha256, body).catch(() => undefined);
    if (answer !== undefined && answer.status < 300) {
      return bytes.byteLength + Buffer.byteLength(JSON.stringify(meta));
    }
    await delay(20);
  }
}

describe('a control plane that is killed while pictures come', () => {
  it('has each of them once afterwards, whole, and counts what it has', async () => {
    let [sent, sentBytes] = [0, 0];
    const sending = (async () => {
      for (; sent < SAMPLES; sent += 1) sentBytes += await sendUntilTaken();
    })();
    for (let kill = 1; kill <= KILLS; kill += 1) {
      const goal = (SAMPLES / (KILLS + 1)) * kill;
      while (sent < goal) await delay(5);
      await plane.end('SIGKILL');
      plane = await ControlPlaneProcess.start(place);
    }
    await sending;
    const rows = await database.query<{ sha256: string; bytes: string }[]>(
      'SELECT sha256, bytes FROM samples',
    );
    expect(rows).toHaveLength(SAMPLES);
    const folder = join(place.dataDir, 'samples', 'default');
    for (const { sha256 } of rows) {
      const file = await readFile(join(folder, sha256.slice(0, 2), sha256));
      expect(createHash('sha256').update(file).digest('hex')).toBe(sha256);
    }
    // Nothing of what was cut is left: a start clears it.
    expect(await readdir(join(folder, 'uploads'))).toEqual([]);
    const bytes = String(sentBytes);
    const totals = await database.query<unknown[]>('SELECT samples, bytes FROM sample_totals');
    expect(totals).toEqual([{ samples: String(SAMPLES), bytes }]);
    // By day: it may have become another one meanwhile.
    expect(await database.query('SELECT sum(bytes) AS bytes FROM sample_usage')).toEqual([{ bytes }]);
  });
});
