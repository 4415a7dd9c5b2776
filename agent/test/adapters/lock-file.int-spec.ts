import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readlink, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { temporaryFolder } from '../support/test-bundles.js';

const LOCK_FILE = fileURLToPath(new URL('../../dist/adapters/lock-file.js', import.meta.url));
const LOCKS = 150;
/** Takes lock after lock, says which, and holds them until it is ended. */
const STARTER = `
  const { takeLock } = await import(${JSON.stringify(LOCK_FILE)});
  process.stdin.once('data', async () => {
    const [folder, count] = process.argv.slice(1);
    for (let i = 0; i < count; i += 1) {
      const taken = await takeLock(folder + '/' + i).then(() => true, ({ code }) => code);
      console.log(JSON.stringify({ i, taken }));
    }
    console.log('null');
  });
  console.log('null');
`;

class Starter {
  readonly taken: number[] = [];
  readonly refused: string[] = [];
  private readonly lines: AsyncIterator<string>;

  constructor(
    private readonly child: ChildProcess,
    private readonly locks: number,
  ) {
    this.lines = createInterface(child.stdout!)[Symbol.asyncIterator]();
  }

  static async open(folder: string, locks = LOCKS): Promise<Starter> {
    const args = ['--input-type=module', '-e', STARTER, folder, String(locks)];
    const starter = new Starter(spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit'] }), locks);
    await starter.lines.next();
    return starter;
  }

  async go(): Promise<void> {
    this.child.stdin?.write('go\n');
    for (let i = 0; i <= this.locks; i += 1) {
      const line = JSON.parse((await this.lines.next()).value as string) as {
        i: number;
        taken: unknown;
      } | null;
      if (line?.taken === true) this.taken.push(line.i);
      else if (line) this.refused.push(line.taken as string);
    }
  }

  async kill(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    this.child.kill('SIGKILL');
    await once(this.child, 'close');
  }
}

describe('the lock of a state folder', () => {
  let folder: { path: string; remove: () => Promise<void> };
  let starters: Starter[];
  beforeEach(async () => {
    folder = await temporaryFolder();
    starters = [];
  });
  afterEach(async () => {
    await Promise.all(starters.map((starter) => starter.kill()));
    await folder.remove();
  });
  const starter = async (locks = LOCKS): Promise<Starter> => {
    const one = await Starter.open(folder.path, locks);
    starters.push(one);
    return one;
  };
  /** Four at once; whoever took a lock holds it to the end, so that a second holder of one is seen. */
  const race = async (): Promise<void> => {
    const racers = await Promise.all([starter(), starter(), starter(), starter()]);
    await Promise.all(racers.map((racer) => racer.go()));
    const taken = racers.flatMap((racer) => racer.taken).sort((a, b) => a - b);
    expect(taken).toEqual(Array.from({ length: LOCKS }, (_, i) => i));
    expect(new Set(racers.flatMap((racer) => racer.refused))).toEqual(new Set(['already-running']));
    expect((await readdir(folder.path)).filter((name) => !name.includes('.'))).toHaveLength(LOCKS);
  };

  it('has one holder, however many start at once', race);

  it('has one heir, however many start at once after its holder was killed', async () => {
    const former = await starter();
    await former.go();
    await former.kill();
    await race();
  });

  it('is taken from whoever died while taking it over, and leaves nothing else behind', async () => {
    const former = await starter(1);
    await former.go();
    await former.kill();
    const lock = join(folder.path, '0');
    await symlink('999999999.1.ab', `${lock}.${await readlink(lock)}`);
    const next = await starter(1);
    await next.go();
    expect(next.taken).toEqual([0]);
    expect(await readdir(folder.path)).toEqual(['0']);
  });

  it('is held by nobody where it is a file of another make', async () => {
    await writeFile(join(folder.path, '0'), '');
    const next = await starter(1);
    await next.go();
    expect(next.taken).toEqual([0]);
  });

  it('takes no space: a full disk keeps nobody else out of it', async () => {
    const first = await starter(1);
    await first.go();
    const size = (await readlink(join(folder.path, '0'))).length;
    // ext4 keeps a target of less than 60 bytes in the link itself.
    expect(size).toBeLessThan(60);
    const second = await starter(1);
    await second.go();
    expect(second.refused).toEqual(['already-running']);
  });
});
