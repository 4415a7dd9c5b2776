import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { nodeDisk } from '@hamon/content';
import { pino } from 'pino';
import { Agent } from '../src/agent.js';
import { AgentConfig } from '../src/config.js';
import { Scene } from './support/scene.js';
import { until } from './support/until.js';

describe('a disk that can no longer be read', () => {
  let scene: Scene;
  let agent: Agent | undefined;
  beforeAll(async () => {
    scene = await Scene.open();
  });
  afterEach(() => agent?.stop());
  afterAll(() => scene.close());

  it('ends an update with its reason, and not the version that answers from memory', async () => {
    const { fleet } = scene;
    let isBroken = false;
    const list = async (path: string): Promise<string[]> => {
      if (!isBroken || !path.endsWith('/bundles')) return nodeDisk.list(path);
      throw Object.assign(new Error('EIO: i/o error, scandir'), { code: 'EIO', syscall: 'scandir' });
    };
    const { id, agent: enrolled } = await scene.device();
    const source = { kind: 'directory', path: scene.images, framesPerSecond: 100 };
    agent = await Agent.start({
      stateFolder: enrolled.stateFolder,
      config: AgentConfig.parse({ source, http: { port: 0 }, minFreeDiskMb: 0 }),
      log: pino({ level: 'silent' }),
      disk: { ...nodeDisk, list },
    });
    let bug: unknown;
    agent.ended.catch((cause: unknown) => (bug = cause));
    const first = await fleet.desire(id, await scene.bundle('1.0.0'));
    await scene.reached(first, 'committed');

    isBroken = true;
    const second = await fleet.desire(id, await scene.bundle('2.0.0', { bias: Float32Array.of(0, 0.1, 0) }));
    await until('it is decided', () => bug !== undefined || fleet.chain(second).includes('refused'));
    expect(bug).toBeUndefined();
    expect(fleet.reasonOf(second)).toBe('storage-error');
    const answered = (): number => fleet.lastReport(id)?.frames.answered ?? 0;
    const before = answered();
    await until('frames are answered', () => answered() > before);
    expect(fleet.lastReport(id)?.slots.current?.sequence).toBe(first);
  });
});
