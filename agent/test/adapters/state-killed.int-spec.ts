import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { link, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { nodeDisk } from '@hamon/content';
import { StateStore } from '../../src/adapters/state-store.js';
import { EMPTY_STATE, type DeviceState } from '../../src/core/device-state.js';
import { deviceOf, running } from '../support/states.js';
import { temporaryFolder } from '../support/test-bundles.js';

const PROGRAM = fileURLToPath(new URL('../support/save-until-killed.mjs', import.meta.url));
const [FIRST, SECOND, THIRD] = [
  deviceOf({ tiny: running('a', 1) }),
  deviceOf({ tiny: running('b', 2, 'a'), other: running('d', 1) }),
  deviceOf({ tiny: running('c', 3, 'b') }),
];

describe('a process killed while it saves the device’s state', () => {
  let folder: { path: string; remove: () => Promise<void> };
  let states: string;
  let store: StateStore;
  beforeEach(async () => {
    folder = await temporaryFolder();
    states = join(folder.path, 'states');
    store = new StateStore(states, nodeDisk);
  });
  afterEach(() => folder.remove());

  const at = (name: string): string => join(states, name);
  /** What it said before it was killed: that it stood still, or that it was done. */
  const saveUntilKilled = async (stopAt: number, links: string): Promise<string> => {
    const args = [PROGRAM, states, join(folder.path, 'third.json'), String(stopAt), links];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    const ended = once(child, 'exit');
    const [line] = (await once(child.stdout, 'data')) as [Buffer];
    child.kill('SIGKILL');
    await ended;
    return line.toString().trim();
  };
  const saveTwice = async (): Promise<void> => {
    await store.save(FIRST);
    await store.save(SECOND);
  };

  it.each<[string, DeviceState, () => Promise<void>, string?]>([
    ['the first one', EMPTY_STATE, async () => undefined],
    ['the next one', SECOND, saveTwice],
    ['the next one on a file system without links', SECOND, saveTwice, 'without-links'],
    [
      'the next one after a damaged one',
      FIRST,
      async () => {
        await saveTwice();
        await writeFile(at('state.json'), JSON.stringify(SECOND).slice(0, 100));
      },
    ],
    [
      'the next one where only the former is left',
      FIRST,
      async () => {
        await saveTwice();
        await rm(at('state.json'));
      },
    ],
    [
      'the next one after a save that ended before the last rename',
      SECOND,
      async () => {
        await saveTwice();
        await rm(at('state.previous.json'));
        await link(at('state.json'), at('state.previous.json'));
        await link(at('state.json'), at('state.previous.json.partial'));
        await writeFile(at('state.json.partial'), 'half');
      },
    ],
  ])('%s leaves it or the one before, and never none', async (_, before, prepare, links = 'with-links') => {
    await writeFile(join(folder.path, 'third.json'), JSON.stringify(THIRD));
    const begin = async (): Promise<boolean> => {
      await rm(states, { recursive: true, force: true });
      await mkdir(states);
      await prepare();
      return (await readdir(states)).includes('state.json');
    };
    await begin();
    const changes = Number(/^done (\d+)/.exec(await saveUntilKilled(0, links))?.[1]);
    expect(changes).toBeGreaterThan(5);
    const seen: DeviceState[] = [];
    for (let stopAt = 1; stopAt <= changes + 1; stopAt += 1) {
      const hasName = await begin();
      expect(await saveUntilKilled(stopAt, links)).toBe(stopAt > changes ? `done ${changes}` : 'standing');
      if (hasName) expect(await readdir(states)).toContain('state.json');
      const { state } = await store.load();
      seen.push(state);

      await store.save(FIRST);
      expect(await store.load()).toEqual({ state: FIRST, from: 'newest' });
      // What it went on from is still there, should that one be torn.
      if (state !== EMPTY_STATE)
        expect(JSON.parse(await readFile(at('state.previous.json'), 'utf8'))).toEqual(state);
    }
    // All those before the last rename, all these after it.
    const turn = seen.findIndex((state) => state.models['tiny']?.slots.current?.version.sequence === 3);
    expect(turn).toBeGreaterThan(5);
    for (const state of seen.slice(0, turn)) expect(state).toEqual(before);
    for (const state of seen.slice(turn)) expect(state).toEqual(THIRD);
  });
});
