import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { chmod, readdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FrameProgram } from '../../../src/adapters/frame-program.js';
import { AgentError } from '../../../src/agent-error.js';
import { needing, temporaryFolder } from '@hamon/testing';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { until } from '../../support/until.js';
import { OpenedSource } from './support/opened-source.js';
import { childrenOf, isAlive } from './support/processes.js';

const SIZE = { width: 16, height: 16 };
const [GREY, COLOUR] = [256, 768];

let opened: OpenedSource | undefined;
afterEach(async () => {
  await opened?.stop();
  opened = undefined;
});

const open = (rest: object, options: ConstructorParameters<typeof OpenedSource>[1] = {}): OpenedSource =>
  (opened = new OpenedSource({ kind: 'command', ...SIZE, format: 'gray8', ...rest }, options));
const shell = (script: string): { run: string[] } => ({ run: ['/bin/sh', '-c', script] });
/** Frames of one value each, in octal. */
const frames = (count: number, value: string, bytes = GREY): string =>
  `for i in $(seq ${count}); do head -c ${bytes} /dev/zero | tr '\\0' '\\${value}'; done`;
const openFiles = (): number => readdirSync('/proc/self/fd').length;
const programOf = (name: string): number | undefined =>
  childrenOf(process.pid).find(({ command }) => command.includes(name))?.pid;

describe('a program that writes raw frames', () => {
  it('is a source, in grey and in colour', async () => {
    const grey = await open(shell(`${frames(1, '144')}; sleep 60`)).frame();
    expect(grey).toMatchObject({ ...SIZE, channels: 1 });
    expect(new Set(grey.data)).toEqual(new Set([0o144]));
    await opened!.stop();
    const blue = `head -c ${COLOUR / 3} /dev/zero | sed 's/\\x00/\\d200\\d1\\d2/g'`;
    const colour = await open({ ...shell(`${blue}; sleep 60`), format: 'bgr24' }).frame();
    expect(colour.channels).toBe(3);
    expect([...colour.data.subarray(0, 6)]).toEqual([2, 1, 200, 2, 1, 200]);
  });

  it('is one that the device’s own file allows, by its name', async () => {
    const programs = { camera: shell(`${frames(1, '144')}; sleep 60`).run };
    await open({ program: 'camera' }, { programs }).frame();
    await opened!.stop();
    opened = undefined;
    expect(() => open({ program: 'other' }, { programs })).toThrow(AgentError);
    expect(() => open({ program: 'other' }, { programs })).toThrow(
      /allow.programs of this device has no "other"/,
    );
  });

  it('gets its secrets and none of the agent’s, and nobody gets to see them', async () => {
    process.env['HAMON_SECRET_OTHER'] = 'not for programs';
    const script =
      'test "$PIN" = 1234secret && test -z "$HAMON_SECRET_OTHER" || exit 9; echo pin is $PIN >&2';
    try {
      const source = open(
        { ...shell(`${script}; ${frames(1, '144')}; exit 3`), env: { PIN: { secret: 'pin' } } },
        { secrets: { pin: '1234secret' } },
      );
      await source.frame();
      expect(await source.failing()).toBe('/bin/sh ended with code 3: pin is ***');
      expect(source.told).not.toContain('1234secret');
    } finally {
      delete process.env['HAMON_SECRET_OTHER'];
    }
  });

  it('is not there, or may not be run', async () => {
    expect(await open({ run: ['/nowhere/camera'] }).failing()).toBe(
      'there is no program /nowhere/camera that the agent’s user may run'.replace('’', "'"),
    );
    await opened!.stop();
    const path = join(await temporaryFolder(), 'camera');
    await writeFile(path, '#!/bin/sh\n');
    await chmod(path, 0o644);
    expect(await open({ run: [path] }).failing()).toContain('there is no program');
  });

  it('writes half a frame: it is dropped and told, and no frame is made of two halves', async () => {
    const source = open(shell(`${frames(1, '144')}; head -c 100 /dev/zero; exit 1`));
    const seen = [await source.frame(), await source.frame(), await source.frame()];
    for (const { data } of seen) expect(new Set(data)).toEqual(new Set([0o144]));
    await source.until('it is told', () => source.events.length > 0);
    expect(source.events[0]!.detail).toBe(
      'source: /bin/sh ended with code 1; 100 bytes of a frame that did not come whole were dropped',
    );
  });

  it('reads a FIFO that blocks: it is ended and begun anew, until somebody writes', async () => {
    const folder = await temporaryFolder();
    const fifo = join(folder, 'frames');
    execFileSync('mkfifo', [fifo]);
    const source = open({ run: ['/bin/cat', fifo], stallSeconds: 1 });
    // Nobody writes yet: it waits to its first frame, then for the next one.
    const writer = spawn('/bin/sh', ['-c', `exec 3>${fifo}; ${frames(1, '144')} >&3; sleep 60`]);
    try {
      await source.frame();
      expect(await source.failing()).toContain('no frame has come for 1 s');
    } finally {
      writer.kill('SIGKILL');
    }
  });

  it('makes frames faster than they are taken: the newest are, and nothing piles up', async () => {
    const source = open({ ...shell('exec cat /dev/zero'), width: 640, height: 480, frozenSeconds: 0 });
    await source.frame();
    const before = process.memoryUsage.rss();
    await source.until('many frames', () => source.state.frames > 2000);
    expect(process.memoryUsage.rss() - before).toBeLessThan(200e6);
    const { frames } = source.state;
    await source.frame();
    expect(source.state.frames).toBeGreaterThanOrEqual(frames);
  });
});

describe('the end of a program', () => {
  it('is that of all that it started, whether it listens or not', async () => {
    const source = open(shell(`trap '' TERM; ${frames(1, '144')}; sleep 61 & sleep 62`));
    await source.frame();
    const pid = programOf('sleep 62')!;
    await source.stop();
    expect(isAlive(pid)).toBe(false);
    await until('its children are gone', () => !listed('sleep 61') && !listed('sleep 62'));
  });

  it('has ended with its program, also where a helper that left its group holds its pipes', async () => {
    // Nobody ends that helper but the test: no end may wait for it.
    const folder = await temporaryFolder();
    const script = `setsid sh -c 'touch ${folder}/left; exec sleep 605' & until [ -e ${folder}/left ]; do :; done; exit 3`;
    const source = open(shell(script));
    try {
      expect(await source.failing()).toBe('/bin/sh ended with code 3');
      await source.stop();
      expect(listed('sleep 605')).toBe(true);
    } finally {
      for (const pid of pidsOf('sleep 605')) process.kill(pid);
    }
  });

  it('needs no system folder for temporary files, and leaves nothing in the agent’s', async () => {
    const stateFolder = await temporaryFolder();
    vi.stubEnv('TMPDIR', '/nowhere');
    try {
      const grey = await open(shell(`${frames(1, '144')}; sleep 60`), { stateFolder }).frame();
      expect(new Set(grey.data)).toEqual(new Set([0o144]));
    } finally {
      vi.unstubAllEnvs();
    }
    expect(await readdir(stateFolder)).toEqual([]);
  });

  it('says so where there is no folder for its frames’ socket', async () => {
    vi.stubEnv('TMPDIR', '/nowhere');
    try {
      expect(await open(shell('sleep 60'), { stateFolder: '/nowhere/else' }).failing()).toContain(
        '/nowhere/else',
      );
    } finally {
      vi.unstubAllEnvs();
    }
  });

  it('leaves nothing behind, a hundred times', async () => {
    let bytes = 0;
    const room = new Uint8Array(1000);
    const reader = { room: () => room, fill: (length: number) => void (bytes += length) };
    const before = openFiles();
    for (let i = 0; i < 100; i += 1) {
      const args = ['-c', i % 2 === 0 ? 'head -c 500 /dev/zero' : 'head -c 500 /dev/zero; sleep 60'];
      const program = await FrameProgram.start({ program: '/bin/sh', args, reader, spareFolder: tmpdir() });
      if (i % 2 === 1) {
        await until('its bytes', () => bytes === (i + 1) * 500);
        await program.kill();
      }
      await program.ended;
    }
    expect(bytes).toBe(50_000);
    expect(openFiles()).toBeLessThanOrEqual(before + 2);
    expect(childrenOf(process.pid).filter(({ state }) => state === 'Z')).toEqual([]);
  });

  needing(it, existsSync('/usr/bin/setpriv') ? undefined : 'there is no /usr/bin/setpriv')(
    'comes with the agent’s, however that ends',
    async () => {
      const folder = await temporaryFolder();
      const module = new URL('../../../dist/adapters/frame-program.js', import.meta.url).href;
      const file = join(folder, 'agent.mjs');
      await writeFile(
        file,
        `import { FrameProgram } from '${module}';
        const room = new Uint8Array(1000);
        const program = await FrameProgram.start({
          program: '/bin/sleep', args: ['600'], reader: { room: () => room, fill: () => undefined },
          spareFolder: ${JSON.stringify(folder)},
        });
        console.log(program.pid);
        setInterval(() => undefined, 1000);`,
      );
      const agent = spawn(process.execPath, [file], { stdio: ['ignore', 'pipe', 'inherit'] });
      const pid = Number(await firstLine(agent));
      expect(isAlive(pid)).toBe(true);
      agent.kill('SIGKILL');
      await until('its program is gone', () => !isAlive(pid));
    },
  );
});

const listed = (command: string): boolean => pidsOf(command).length > 0;

const pidsOf = (command: string): number[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').startsWith(command);
      } catch {
        return false;
      }
    });

async function firstLine(child: ChildProcess): Promise<string> {
  for await (const piece of child.stdout!) return String(piece);
  throw new Error('it said nothing');
}
