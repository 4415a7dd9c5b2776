import { readdirSync } from 'node:fs';
import { rename, rm, symlink } from 'node:fs/promises';
import { getPriority } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { inLongRun } from '@hamon/testing';
import type { CompressionView } from '@hamon/contracts';
import { compressLeaders, groupMembers } from '../support/compress-processes.js';
import {
  ended,
  LONG,
  SOME_SECONDS,
  MODEL,
  pushFloatVersion,
  seen,
  shown,
  started,
  uploadSamples,
} from '../support/compression.js';
import { eventually } from '../support/eventually.js';
import {
  makeTestPlace,
  startTestControlPlane,
  type TestControlPlane,
  type TestPlace,
} from '../support/test-control-plane.js';

const TOKEN = { HAMON_ADMIN_TOKEN: 'compression-faults-test-token-0123456789' };

let place: TestPlace;
let plane: TestControlPlane;
const open = async (env: Record<string, string> = {}): Promise<void> => {
  plane = await startTestControlPlane({ ...TOKEN, ...env }, place);
  await pushFloatVersion(plane);
};
beforeEach(async () => {
  place = await makeTestPlace();
});
afterEach(async () => {
  await plane.stop();
  await place.discard();
});

const scratch = (): string[] => readdirSync(join(place.dataDir, 'tmp'));
const cleared = (): Promise<boolean> => eventually('an empty scratch folder', () => scratch().length === 0);
const statusOf = async (version: string): Promise<number> =>
  (await plane.call('GET', `/v1/models/${MODEL}/versions/${version}`)).status;
const measuring = ({ progress }: CompressionView): boolean => progress?.phase === 'latency';

/** The process group that works for this control plane, and that it has ended completely. */
const leader = (): Promise<number> =>
  eventually('a process that compresses', () => compressLeaders(process.pid)[0]);
const gone = (group: number): Promise<boolean> =>
  eventually(`group ${group} to be gone`, () => groupMembers(group).length === 0);

describe('cancelling', () => {
  test('a job that waits ends it at once, and frees its version number', async () => {
    await open({ HAMON_COMPRESSION_JOBS: '0' });
    const { id } = await started(plane, '1.1.0');
    const cancel = () => plane.call('POST', `/v1/compressions/${id}/cancel`, {});
    expect(await cancel()).toMatchObject({ status: 200, body: { state: 'cancelled', attempts: 0 } });
    expect(await cancel()).toMatchObject({ status: 200, body: { state: 'cancelled' } });
    expect(await started(plane, '1.1.0')).toMatchObject({ state: 'queued' });
  });

  test('a job that runs kills what runs, and the next one is taken', async () => {
    await open();
    const { id } = await started(plane, '1.1.0', { recipe: LONG });
    const next = await started(plane, '1.2.0');
    await seen(plane, id, 'measuring', measuring);
    const group = await leader();
    expect(groupMembers(group).length).toBeGreaterThan(1);
    // Requests and devices come first.
    expect(groupMembers(group).map((pid) => getPriority(pid))).toEqual(groupMembers(group).map(() => 10));
    expect(await plane.call('POST', `/v1/compressions/${id}/cancel`, {})).toMatchObject({
      status: 200,
      body: { state: 'cancelled' },
    });
    await gone(group);
    expect(await ended(plane, next.id)).toMatchObject({ state: 'succeeded' });
    expect(await shown(plane, id)).toMatchObject({ state: 'cancelled', attempts: 1 });
    expect(await statusOf('1.1.0')).toBe(404);
    await cleared();
    expect(await plane.call('POST', `/v1/compressions/${next.id}/cancel`, {})).toMatchObject({
      status: 409,
      body: { code: 'compression-state' },
    });
  });

  test('at another replica reaches the one that runs it', async () => {
    await open();
    const { id } = await started(plane, '1.1.0', { recipe: LONG });
    const group = await leader();
    // What another replica does, and all that this one can see of it.
    await plane.database.query(
      `UPDATE compression_jobs SET state = 'cancelled', ended_at = now(), lease_token = NULL, lease_until = NULL
       WHERE id = $1`,
      [id],
    );
    await gone(group);
    expect(await ended(plane, id)).toMatchObject({ state: 'cancelled' });
    await cleared();
  });
});

describe('limits', () => {
  test.each([
    ['time', { HAMON_COMPRESSION_MAX_SECONDS: '2' }, /longer than 2 s/],
    ['memory', { HAMON_COMPRESSION_MAX_MEMORY_MB: '100' }, /it took \d+ MB, at most 100 MB/],
  ])('of %s end the job and what it started', async (what, env, detail) => {
    await open(env);
    const { id } = await started(plane, '1.1.0', { recipe: LONG });
    const group = await leader();
    const view = await ended(plane, id);
    expect(view).toMatchObject({
      state: 'failed',
      attempts: 1,
      reason: { code: `${what}-limit`, detail: expect.stringMatching(detail) },
    });
    await gone(group);
    expect(await statusOf('1.1.0')).toBe(404);
    await cleared();
  });
});

describe('a killed process', () => {
  test('ends its own children; the job is tried again and succeeds', async () => {
    await open();
    const { id } = await started(plane, '1.1.0', {
      recipe: SOME_SECONDS,
    });
    await seen(plane, id, 'measuring', measuring);
    const group = await leader();
    process.kill(group, 'SIGKILL');
    await gone(group);
    expect(await ended(plane, id)).toMatchObject({ state: 'succeeded', attempts: 2, reason: null });
    expect(await statusOf('1.1.0')).toBe(200);
    await cleared();
  });

  test('at every attempt ends the job with the reason', async () => {
    await open();
    const { id } = await started(plane, '1.1.0', { recipe: LONG });
    const killed: number[] = [];
    for (let attempt = 1; attempt <= 3; attempt += 1) {
      const group = await eventually('another process', () =>
        compressLeaders(process.pid).find((pid) => !killed.includes(pid)),
      );
      process.kill(group, 'SIGKILL');
      killed.push(group);
    }
    expect(await ended(plane, id)).toMatchObject({
      state: 'failed',
      attempts: 3,
      reason: { code: 'process-ended', detail: expect.stringContaining('SIGKILL') },
    });
  });
});

test('a model that cannot be compressed fails with the sentence that the command line would say', async () => {
  await open();
  const calibration = (await uploadSamples(plane, 1)).map((sample) => ({ ...sample }));
  const recipe = { variants: ['int8-static'], static: { keepFloat: ['no-such-layer'] } };
  const view = await ended(plane, (await started(plane, '1.1.0', { calibration, recipe })).id);
  expect(view).toMatchObject({ state: 'failed', attempts: 1 });
  expect(view.reason?.detail).toContain('no-such-layer');
  expect(view.reason?.detail).not.toContain(place.dataDir);
});

inLongRun(test)('a control plane that stops gives its job back; the next one starts it over', async () => {
  await open();
  const { id } = await started(plane, '1.1.0', {
    recipe: SOME_SECONDS,
  });
  await seen(plane, id, 'measuring', measuring);
  const group = await leader();
  await plane.stop();
  expect([groupMembers(group), scratch()]).toEqual([[], []]);
  plane = await startTestControlPlane(TOKEN, place);
  expect(await ended(plane, id)).toMatchObject({ state: 'succeeded', attempts: 1 });
});

test('version and end of the job are stored together or not at all', async () => {
  await open();
  await plane.database.query(`
    CREATE FUNCTION refuse_success() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'no'; END $$;
    CREATE TRIGGER refuse_success BEFORE UPDATE ON compression_jobs FOR EACH ROW
      WHEN (NEW.state = 'succeeded') EXECUTE FUNCTION refuse_success();`);
  const { id } = await started(plane, '1.1.0');
  await seen(plane, id, 'waiting for another attempt', ({ reason }) => reason?.code === 'internal');
  expect(await statusOf('1.1.0')).toBe(404);
  await plane.database.query('DROP TRIGGER refuse_success ON compression_jobs');
  expect(await ended(plane, id)).toMatchObject({ state: 'succeeded' });
  expect(await statusOf('1.1.0')).toBe(200);
});

inLongRun(test)('a version number that was taken meanwhile is not overwritten', async () => {
  await open();
  const { id } = await started(plane, '1.1.0', {
    recipe: SOME_SECONDS,
  });
  await plane.database.query(
    `INSERT INTO versions (id, fleet, model, version, state, bundle, content_digest)
     SELECT gen_random_uuid(), fleet, model, '1.1.0', state, bundle, 'other' FROM versions`,
  );
  expect(await ended(plane, id)).toMatchObject({ state: 'failed', reason: { code: 'version-exists' } });
});

test('a replica without the files leaves the job to another attempt', async () => {
  await open({ HAMON_COMPRESSION_JOBS: '0' });
  const { id } = await started(plane, '1.1.0');
  await plane.stop();
  const [artifacts, elsewhere] = [join(place.dataDir, 'artifacts'), join(place.dataDir, 'elsewhere')];
  await rename(artifacts, elsewhere);
  plane = await startTestControlPlane(TOKEN, place);
  await seen(plane, id, 'waiting for another attempt', ({ reason }) => reason?.code === 'unavailable');
  await rm(artifacts, { recursive: true, force: true });
  await rename(elsewhere, artifacts);
  expect(await ended(plane, id)).toMatchObject({ state: 'succeeded', reason: null });
});

inLongRun(test)('two replicas share the queue, each job run once', async () => {
  await open({ HAMON_COMPRESSION_JOBS: '0' });
  const ids: string[] = [];
  for (const version of ['1.1.0', '1.2.0', '1.3.0', '1.4.0']) ids.push((await started(plane, version)).id);
  await plane.stop();
  plane = await startTestControlPlane(TOKEN, place);
  const other = await makeTestPlace();
  await symlink(join(place.dataDir, 'artifacts'), join(other.dataDir, 'artifacts'));
  const replica = await startTestControlPlane(TOKEN, { ...other, databaseUrl: place.databaseUrl });
  try {
    await eventually('both to work', async () => {
      const views = await Promise.all(ids.map((id) => shown(plane, id)));
      return views.filter(({ state }) => state === 'running').length === 2;
    });
    for (const id of ids) expect(await ended(plane, id)).toMatchObject({ state: 'succeeded', attempts: 1 });
  } finally {
    await replica.stop();
    await other.discard();
  }
});
