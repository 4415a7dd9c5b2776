import { mkdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeTestPlace, startTestControlPlane, type TestPlace } from '../support/test-control-plane.js';

let place: TestPlace;
beforeEach(async () => {
  place = await makeTestPlace();
});
afterEach(() => place.discard());

/** Nothing listens there: the file is read before. */
const OPERATORS_BROKER = { MQTT_URL: 'mqtt://127.0.0.1:1' };

/** Ways in which a file exists and cannot be used; file modes would not stop a test that runs as root. */
const UNREADABLE: readonly [string, (path: string) => Promise<unknown>, string][] = [
  ['is a folder', (path) => mkdir(path), 'EISDIR'],
  ['is a link to itself', (path) => symlink(path, path), 'ELOOP'],
];

describe.each([
  ['admin-token', {}, 'holds no token: restore it, or remove it'],
  ['broker-client-id', OPERATORS_BROKER, 'holds no client id: restore it, or remove it'],
])('an unreadable %s stops the start instead of being made anew', (name, env, corrupted) => {
  it.each(UNREADABLE)('where it %s', async (_, spoil, code) => {
    const path = join(place.dataDir, name);
    await spoil(path);
    await expect(startTestControlPlane(env, place)).rejects.toThrow(`cannot read ${path}: ${code}`);
  });

  it.each([
    ['is empty', ''],
    ['holds something else', '{"not": "what was written"}\n'],
  ])('where it %s', async (_, text) => {
    const path = join(place.dataDir, name);
    await writeFile(path, text);
    await expect(startTestControlPlane(env, place)).rejects.toThrow(`${path} ${corrupted}`);
    expect(await readFile(path, 'utf8')).toBe(text);
    await rm(path);
    await (await startTestControlPlane(env, place)).stop();
  });
});
