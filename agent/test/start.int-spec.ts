import { createServer, type AddressInfo, type Server } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { nodeDisk, type Disk } from '@hamon/content';
import { pino } from 'pino';
import { Agent } from '../src/agent.js';
import { AgentConfig } from '../src/config.js';
import { Releases } from '../src/start/releases.js';
import { Scene } from './support/scene.js';

describe('an agent that cannot start', () => {
  let scene: Scene;
  let stateFolder: string;
  const intervals = new Set<unknown>();
  beforeAll(async () => {
    scene = await Scene.open();
    stateFolder = (await scene.device()).agent.stateFolder;
  });
  beforeEach(() => {
    const { setInterval: set, clearInterval: clear } = globalThis;
    vi.spyOn(globalThis, 'setInterval').mockImplementation(((...args: Parameters<typeof setInterval>) => {
      const timer = set(...args);
      intervals.add(timer);
      return timer;
    }) as typeof setInterval);
    vi.spyOn(globalThis, 'clearInterval').mockImplementation((timer) => {
      intervals.delete(timer);
      clear(timer);
    });
  });
  afterEach(() => {
    vi.restoreAllMocks();
    intervals.clear();
  });
  afterAll(() => scene.close());

  const start = (port = 0, disk: Disk = nodeDisk): Promise<Agent> =>
    Agent.start({
      ...{ stateFolder, disk },
      config: AgentConfig.parse({ http: { port }, minFreeDiskMb: 0 }),
      log: pino({ level: 'silent' }),
    });
  const leavesNothingOpen = async (): Promise<void> => {
    expect(intervals.size).toBe(0);
    await (await start()).stop();
  };

  it('because its port is taken leaves nothing open', async () => {
    const neighbour: Server = createServer();
    await new Promise<void>((resolve) => neighbour.listen(0, '127.0.0.1', resolve));
    const { port } = neighbour.address() as AddressInfo;
    await expect(start(port)).rejects.toMatchObject({ code: 'port-taken' });
    await leavesNothingOpen();
    await new Promise((resolve) => neighbour.close(resolve));
  });

  it('because a part of its disk is broken leaves nothing open', async () => {
    const makeFolder = async (path: string): Promise<void> => {
      if (path.includes('benchmark')) throw new Error('EIO');
      await nodeDisk.makeFolder(path);
    };
    await expect(start(0, { ...nodeDisk, makeFolder })).rejects.toThrow('EIO');
    await leavesNothingOpen();
  });

  it('because another one runs leaves that one its folder', async () => {
    const first = await start();
    // Twice: the first of them takes nothing from the one that runs.
    for (let i = 0; i < 2; i += 1) await expect(start()).rejects.toMatchObject({ code: 'already-running' });
    expect((await fetch(`${first.httpUrl}/healthz`)).status).toBe(200);
    await first.stop();
    await (await start()).stop();
  });
});

describe('what was opened', () => {
  it('is given back newest first and once, also where a part of it cannot be', async () => {
    const releases = new Releases();
    const given: string[] = [];
    releases.add(async () => void given.push('first'));
    releases.add(() => Promise.reject(new Error('stuck')));
    releases.add(async () => void given.push('last'));
    await releases.release();
    await releases.release();
    expect(given).toEqual(['last', 'first']);
  });
});
