import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { readdir, readFile, readlink, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { lookUpProcess } from '../src/look-up-process.js';
import { formatProcessName } from '../src/process-name.js';
import { takeLock, type LockOutcome } from '../src/take-lock.js';
import { temporaryFolder } from './content-fixture.js';
import { LockTaker, takenUntilKilled } from './lock-takers.js';

const LOCKS = 150;
/** No system gives out such numbers. */
const DEAD = '999999999.1.ab.5';
const isTaken = (outcome: LockOutcome): boolean => 'release' in outcome;

describe('a lock', () => {
  let folder: string;
  let lock: string;
  let ended: (() => Promise<void>)[];
  beforeEach(async () => {
    folder = await temporaryFolder();
    lock = join(folder, '0');
    ended = [];
  });
  afterEach(() => Promise.all(ended.map((end) => end())));

  const taker = async (count = 1): Promise<LockTaker> => {
    const one = await LockTaker.open(folder, count);
    ended.push(one.kill);
    return one;
  };
  /** Four at once; whoever took a lock holds it to the end, so that a second holder of one is seen. */
  const race = async (): Promise<void> => {
    const takers = await Promise.all([taker(LOCKS), taker(LOCKS), taker(LOCKS), taker(LOCKS)]);
    await Promise.all(takers.map((one) => one.go()));
    const taken = takers.flatMap((one) => one.taken).sort((a, b) => a - b);
    expect(taken).toEqual(Array.from({ length: LOCKS }, (_, i) => i));
    const pids = new Set(takers.map(({ pid }) => pid));
    for (const one of takers) for (const pid of one.refusedBy) expect(pids).toContain(pid);
    expect(await readdir(folder)).toHaveLength(LOCKS);
  };

  it('has one holder, however many start at once', race);

  it('has one heir, however many start at once after its holder was killed', async () => {
    const former = await taker(LOCKS);
    await former.go();
    await former.kill();
    await race();
  });

  it('has one heir, however many start at once after its heir was killed too', async () => {
    for (let i = 0; i < LOCKS; i += 1) {
      for (const path of [`${i}`, `${i}.heir`]) await symlink(DEAD, join(folder, path));
    }
    await race();
  });

  it('has one holder of many in one process', async () => {
    for (const left of [undefined, DEAD]) {
      await rm(lock, { force: true });
      if (left !== undefined) await symlink(left, lock);
      const outcomes = await Promise.all(Array.from({ length: 8 }, () => takeLock(lock)));
      expect(outcomes.filter(isTaken)).toHaveLength(1);
      expect(outcomes.filter((outcome) => !isTaken(outcome))[0]).toEqual({ heldBy: process.pid });
    }
  });

  it('names its holder, and is free once that one has ended or given it back', async () => {
    const first = await taker();
    await first.go();
    expect(await takeLock(lock)).toEqual({ heldBy: first.pid });
    await first.kill();
    const outcome = await takeLock(lock);
    const second = await taker();
    await second.go();
    expect(second.refusedBy).toEqual(new Set([process.pid]));
    if ('release' in outcome) await outcome.release();
    expect(await readdir(folder)).toEqual([]);
    expect(isTaken(await takeLock(lock))).toBe(true);
  });

  it('that was removed by hand and taken by another is not given back', async () => {
    const outcome = await takeLock(lock);
    await rm(lock);
    const other = await taker();
    await other.go();
    if ('release' in outcome) await outcome.release();
    expect(await takeLock(lock)).toEqual({ heldBy: other.pid });
  });

  it.each<[string, string[]]>([
    ['that is free', []],
    ['of a dead holder', ['0']],
    ['of a dead holder with a dead heir', ['0', '0.heir']],
  ])('%s passes on, whatever the one who takes it was at when it was killed', async (_, dead) => {
    const prepare = async (): Promise<void> => {
      for (const name of await readdir(folder)) await rm(join(folder, name));
      for (const name of dead) await symlink(DEAD, join(folder, name));
    };
    await prepare();
    const calls = Number(/^done (\d+)/.exec(await takenUntilKilled(lock, 0))?.[1]);
    expect(calls).toBeGreaterThan(dead.length * 3);
    for (let stopAt = 1; stopAt <= calls + 1; stopAt += 1) {
      await prepare();
      expect(await takenUntilKilled(lock, stopAt)).toBe(stopAt > calls ? `done ${calls}` : 'standing');
      expect(isTaken(await takeLock(lock))).toBe(true);
      expect(await readdir(folder)).toEqual(['0']);
    }
  });

  it.each([
    ['an empty file', ''],
    ['rubbish', '\u0000\u0001'],
    ['a form long gone', '{"pid":1,"startedAt":"1"}'],
  ])('is held by nobody where it is %s', async (_, text) => {
    await writeFile(lock, text);
    expect(isTaken(await takeLock(lock))).toBe(true);
    expect(formatProcessName(lookUpProcess(process.pid)!)).toBe(await readlink(lock));
  });

  it('says so where there is no folder for it', async () => {
    await expect(takeLock(join(folder, 'none', 'lock'))).rejects.toMatchObject({ code: 'missing-file' });
  });
});

/** Starts and deaths as only /proc tells them. */
(existsSync('/proc/self/stat') ? describe : describe.skip)('a lock names one process, not its number', () => {
  let lock: string;
  let stranger: ChildProcess;
  beforeEach(async () => {
    lock = join(await temporaryFolder(), 'lock');
    stranger = spawn(process.execPath, ['-e', 'setInterval(() => {}, 60_000)'], { stdio: 'ignore' });
    await once(stranger, 'spawn');
  });
  afterEach(async () => {
    if (stranger.signalCode !== null) return;
    stranger.kill('SIGKILL');
    await once(stranger, 'exit');
  });
  const { boot = '' } = lookUpProcess(process.pid) ?? {};
  const startOf = (pid: number | undefined): string => lookUpProcess(pid ?? 0)?.start ?? '';

  it.each([
    ['whose number another has by now', () => `${stranger.pid}.1.${boot}.5`],
    ['of before the machine’s restart', () => `${stranger.pid}.${startOf(stranger.pid)}.00000000.5`],
    ['with our own number, as in a container', () => `${process.pid}.${startOf(process.pid)}.${boot}.5`],
    ['with our own number in an earlier form', () => `${process.pid}.${startOf(process.pid)}.${boot}`],
    ['with our own number and nothing else known', () => `${process.pid}...5`],
  ])('and passes on from one %s', async (_, name) => {
    await symlink(name(), lock);
    expect(isTaken(await takeLock(lock))).toBe(true);
  });

  it('and passes on from one that is dead but not collected', async () => {
    // The shell becomes a program that collects nobody.
    const parent = spawn('sh', ['-c', 'sleep 600 & echo $!; exec sleep 600'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [line] = (await once(parent.stdout, 'data')) as [Buffer];
    const pid = Number(line.toString());
    try {
      // The shell itself may still collect.
      while ((await readFile(`/proc/${parent.pid}/comm`, 'utf8')).trim() !== 'sleep') await delay(1);
      await symlink(formatProcessName(lookUpProcess(pid)!), lock);
      expect(await takeLock(lock)).toEqual({ heldBy: pid });
      process.kill(pid, 'SIGKILL');
      while (lookUpProcess(pid)) await delay(1);
      expect(existsSync(`/proc/${pid}/stat`)).toBe(true);
      expect(isTaken(await takeLock(lock))).toBe(true);
    } finally {
      if (lookUpProcess(pid)) process.kill(pid, 'SIGKILL');
      parent.kill('SIGKILL');
    }
  });

  it.each([
    ['a link', () => symlink(`${stranger.pid}.${startOf(stranger.pid)}.${boot}`, lock)],
    ['a file', () => writeFile(lock, `${stranger.pid} ${startOf(stranger.pid)}`)],
  ])('in its earlier form too: %s', async (_, leave) => {
    await leave();
    expect(await takeLock(lock)).toEqual({ heldBy: stranger.pid });
    stranger.kill('SIGKILL');
    await once(stranger, 'exit');
    expect(isTaken(await takeLock(lock))).toBe(true);
    expect(await readlink(lock)).toMatch(/\.\d+$/);
  });
});
