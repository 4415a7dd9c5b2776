import { readdirSync } from 'node:fs';
import { symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inLongRun, runs } from '@hamon/testing';
import { compressLeaders, groupMembers } from '../support/compress-processes.js';
import {
  ended,
  LONG,
  MODEL,
  pushFloatVersion,
  seen,
  shown,
  SOME_SECONDS,
  started,
} from '../support/compression.js';
import { ControlPlaneProcess } from '../support/control-plane-process.js';
import { eventually } from '../support/eventually.js';
import { makeTestPlace, type TestPlace } from '../support/test-control-plane.js';

let place: TestPlace;
let plane: ControlPlaneProcess;
beforeAll(async () => {
  place = await makeTestPlace();
  plane = await ControlPlaneProcess.start(place);
  await pushFloatVersion(plane);
});
afterAll(async () => {
  await plane.end('SIGTERM');
  await place.discard();
});

interface Entry {
  readonly action: string;
  readonly subject: string;
}

describe('a control plane that is killed in the middle of a compression', () => {
  it.each(['latency', 'build'].slice(0, runs(1, 2)))(
    'ends its processes with it in phase %s, and the job finishes once',
    async (phase) => {
      const version = phase === 'build' ? '1.1.0' : '1.2.0';
      const { id } = await started(plane, version, { recipe: SOME_SECONDS });
      const group = await eventually('a process that compresses', () => compressLeaders(plane.pid)[0]);
      await seen(plane, id, phase, ({ progress }) => phase === 'build' || progress?.phase === phase);
      await plane.end('SIGKILL');
      await eventually('no orphan', () => groupMembers(group).length === 0);

      plane = await ControlPlaneProcess.start(place);
      expect(readdirSync(join(place.dataDir, 'tmp'))).toEqual([]);
      expect(await shown(plane, id)).toMatchObject({ state: 'running', attempts: 1 });
      expect(await ended(plane, id)).toMatchObject({ state: 'succeeded', attempts: 2 });

      const { body } = await plane.call<{ items: Entry[] }>('GET', '/v1/audit');
      const count = (action: string, subject: string): number =>
        body.items.filter((entry) => entry.action === action && entry.subject === subject).length;
      expect([count('version.push', `${MODEL}@${version}`), count('compression.succeed', id)]).toEqual([
        1, 1,
      ]);
    },
  );

  inLongRun(it)('is given up after three attempts that all ended like this', async () => {
    const { id } = await started(plane, '2.0.0', { recipe: LONG });
    for (let attempt = 1; attempt <= 3; attempt += 1) {
      await seen(
        plane,
        id,
        `attempt ${attempt}`,
        ({ attempts, state }) => state === 'running' && attempts === attempt,
      );
      await plane.end('SIGKILL');
      plane = await ControlPlaneProcess.start(place);
    }
    expect(await ended(plane, id)).toMatchObject({
      state: 'failed',
      reason: { code: 'process-ended', detail: expect.stringContaining('begun 3 times') },
    });
  });
});

inLongRun(it)('a control plane that slept through its lease changes nothing', async () => {
  const { id } = await started(plane, '3.0.0', { recipe: SOME_SECONDS });
  await seen(plane, id, 'running', ({ state }) => state === 'running');
  const other = await makeTestPlace();
  await symlink(join(place.dataDir, 'artifacts'), join(other.dataDir, 'artifacts'));
  process.kill(plane.pid, 'SIGSTOP');
  const replica = await ControlPlaneProcess.start({ ...other, databaseUrl: place.databaseUrl });
  try {
    expect(await ended(replica, id)).toMatchObject({ state: 'succeeded', attempts: 2 });
    process.kill(plane.pid, 'SIGCONT');
    await eventually('the late one to give up', () => compressLeaders(plane.pid).length === 0);
    await eventually('its folder to go', () => readdirSync(join(place.dataDir, 'tmp')).length === 0);
    expect(await shown(plane, id)).toMatchObject({ state: 'succeeded', attempts: 2 });
    const { body } = await plane.call<{ items: Entry[] }>('GET', '/v1/audit');
    expect(body.items.filter(({ subject }) => subject === `${MODEL}@3.0.0`)).toHaveLength(1);
    expect(body.items.filter(({ subject }) => subject === id)).toHaveLength(2);
  } finally {
    await replica.end('SIGTERM');
    await other.discard();
  }
});
