import { randomBytes } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { ArtifactFiles } from '../src/artifact-files.js';
import { digestOf } from '../src/digest.js';
import { contentsOf, temporaryFolder } from './content-fixture.js';
import { diskWithRoom } from './faulty-disk.js';

let folder: string;
let artifacts: ArtifactFiles;
const bytes = randomBytes(250_000);
const sha256 = digestOf(bytes);

beforeEach(async () => {
  folder = await temporaryFolder();
  artifacts = new ArtifactFiles(folder, { maxBytes: 300_000 });
});

async function* stream(content: Uint8Array, fault?: Error): AsyncIterable<Uint8Array> {
  for (let at = 0; at < content.byteLength; at += 64_000) {
    await Promise.resolve();
    yield content.subarray(at, at + 64_000);
  }
  if (fault) throw fault;
}

describe('artifacts', () => {
  it('are stored under their digest, twice at once too, and read in parts', async () => {
    await Promise.all([
      artifacts.put(sha256, stream(bytes)),
      artifacts.put(sha256, stream(bytes), { length: 250_000 }),
    ]);
    expect(await artifacts.lengthOf(sha256)).toBe(250_000);
    expect((await readFile(artifacts.pathOf(sha256))).equals(bytes)).toBe(true);
    expect(Buffer.from(await artifacts.readRange(sha256, 100_000, 5))).toEqual(
      bytes.subarray(100_000, 100_005),
    );
    await expect(artifacts.readRange(sha256, 249_999, 2)).rejects.toMatchObject({ code: 'length-mismatch' });
    expect(Object.keys(await contentsOf(folder))).toEqual([join(sha256.slice(0, 2), sha256)]);
  });

  it('made here are named by what they hold', async () => {
    const made = await artifacts.putBytes(Buffer.from('hello'));
    expect(made).toEqual({ sha256: digestOf(Buffer.from('hello')), length: 5 });
    expect(await artifacts.putBytes(Buffer.from('hello'))).toEqual(made);
    expect(await artifacts.list()).toEqual([made.sha256]);
    await artifacts.remove(made.sha256);
    await artifacts.remove(made.sha256);
    expect(await artifacts.lengthOf(made.sha256)).toBeUndefined();
    expect(await artifacts.list()).toEqual([]);
  });

  const altered = Buffer.from(bytes);
  altered[200_000]! ^= 1;
  it.each<[string, object, AsyncIterable<Uint8Array>, { length?: number }]>([
    ['altered', { code: 'digest-mismatch' }, stream(altered), {}],
    ['truncated', { code: 'digest-mismatch' }, stream(bytes.subarray(0, 100_000)), {}],
    [
      'shorter than announced',
      { code: 'length-mismatch' },
      stream(bytes.subarray(0, 100_000)),
      { length: 250_000 },
    ],
    ['longer than announced', { code: 'length-mismatch' }, stream(bytes), { length: 100_000 }],
    ['announced too large', { code: 'too-large' }, stream(bytes), { length: 300_001 }],
    ['too large', { code: 'too-large' }, stream(randomBytes(400_000)), {}],
    [
      'broken off',
      { message: 'connection lost' },
      stream(bytes, new Error('connection lost')),
      { length: 250_000 },
    ],
  ])('an upload that is %s leaves nothing', async (_name, error, upload, announced) => {
    await expect(artifacts.put(sha256, upload, announced)).rejects.toMatchObject(error);
    expect(await contentsOf(folder)).toEqual({});
    expect(await artifacts.lengthOf(sha256)).toBeUndefined();
  });

  it('on a full disk leaves nothing', async () => {
    const full = new ArtifactFiles(folder, { maxBytes: 300_000, disk: diskWithRoom(100_000) });
    await expect(full.put(sha256, stream(bytes))).rejects.toMatchObject({ code: 'disk-full' });
    expect(await contentsOf(folder)).toEqual({});
  });

  it.each(['../../etc/passwd', '', 'A'.repeat(64), `${'a'.repeat(63)}/`])('named %p are no paths', (name) => {
    expect(() => artifacts.pathOf(name)).toThrow(expect.objectContaining({ code: 'unsafe-path' }) as never);
  });

  it('that a killed process left unfinished are cleared', async () => {
    await mkdir(join(folder, 'uploads'));
    await writeFile(join(folder, 'uploads', 'half'), 'x');
    expect(await artifacts.list()).toEqual([]);
    await artifacts.clearUploads();
    expect(await contentsOf(folder)).toEqual({});
  });
});
