import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { assembleBundle } from '../src/assemble-bundle.js';
import { ChunkStore } from '../src/chunk-store.js';
import { verifyBundle } from '../src/verify-bundle.js';
import { builtFrom, chunksOf, filledStore, someFiles, temporaryFolder } from './content-fixture.js';

const SCRIPT = join(process.cwd(), 'libs/content/test/assemble-until-killed.mjs');

describe('a process killed while it assembles', () => {
  it('leaves no bundle or a whole one, at whatever operation, and the next one completes it', async () => {
    const folder = await temporaryFolder();
    const built = await builtFrom(join(folder, 'source'), someFiles());
    const chunks = join(folder, 'chunks');
    await filledStore(chunks, await chunksOf(join(folder, 'source'), built));
    await writeFile(join(folder, 'index.json'), built.bytes);
    const bundles = join(folder, 'bundles');
    await mkdir(bundles);
    const target = join(bundles, 'b');

    const said = await runUntilItSpeaks([join(folder, 'index.json'), chunks, target, '0']);
    const operations = Number(/^done (\d+)/.exec(said)?.[1]);
    expect(operations).toBeGreaterThan(8);

    for (let stopAt = 1; stopAt <= operations; stopAt += 1) {
      await rm(target, { recursive: true, force: true });
      expect(await runUntilItSpeaks([join(folder, 'index.json'), chunks, target, String(stopAt)])).toBe(
        'standing',
      );
      const left = await readdir(bundles);
      expect(['', 'b', 'b.partial']).toContain(left.join());
      if (left.includes('b')) await verifyBundle(target, built.index);

      await assembleBundle(built.index, [await ChunkStore.open(chunks, { maxBytes: 1e9 })], target);
      await verifyBundle(target, built.index);
      expect(await readdir(bundles)).toEqual(['b']);
    }
  });
});

/** The process's first line; it is killed there with SIGKILL, or has ended by itself. */
async function runUntilItSpeaks(args: string[]): Promise<string> {
  const child = spawn(process.execPath, [SCRIPT, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(child, 'exit');
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  child.kill('SIGKILL');
  await ended;
  return line.toString().trim();
}
