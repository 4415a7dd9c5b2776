import { execFile } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { lockStateFolder } from '../../src/adapters/lock-state-folder.js';
import { temporaryFolder } from '../support/test-bundles.js';

const BUILT = fileURLToPath(new URL('../../dist/adapters/lock-state-folder.js', import.meta.url));
/** A process for which the folder has no room for another name. */
const ON_A_FULL_DISK = `
  import fs from 'node:fs/promises';
  import { syncBuiltinESMExports } from 'node:module';
  fs.symlink = async () => {
    throw Object.assign(new Error('ENOSPC: symlink'), { code: 'ENOSPC', syscall: 'symlink' });
  };
  syncBuiltinESMExports();
  const { lockStateFolder } = await import(${JSON.stringify(BUILT)});
  const release = await lockStateFolder(process.argv[1]);
  console.log('started');
  await release();
`;

describe('the lock of a state folder', () => {
  let folder: { path: string; remove: () => Promise<void> };
  let lock: string;
  beforeEach(async () => {
    folder = await temporaryFolder();
    lock = join(folder.path, 'lock');
  });
  afterEach(() => folder.remove());

  it('lets one agent in, and the next after it', async () => {
    const release = await lockStateFolder(lock);
    await expect(lockStateFolder(lock)).rejects.toMatchObject({
      code: 'already-running',
      message: `an agent with process id ${process.pid} uses this state folder`,
    });
    await release();
    await (
      await lockStateFolder(lock)
    )();
    expect(await readdir(folder.path)).toEqual([]);
  });

  it('does not keep a device with a full disk from starting', async () => {
    const args = ['--input-type=module', '-e', ON_A_FULL_DISK, lock];
    const { stdout } = await promisify(execFile)(process.execPath, args);
    expect(stdout).toBe('started\n');
    expect(await readdir(folder.path)).toEqual([]);
  });

  it('says so where the folder has gone', async () => {
    await folder.remove();
    await expect(lockStateFolder(lock)).rejects.toMatchObject({ code: 'storage-error' });
  });
});
