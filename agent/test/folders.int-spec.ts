import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { AgentProcess } from './support/agent-process.js';
import { Scene } from './support/scene.js';
import { until } from './support/until.js';

describe('folders that the configuration names', () => {
  let scene: Scene;
  beforeAll(async () => {
    scene = await Scene.open();
  });
  afterEach(() => scene.killAgents());
  afterAll(() => scene.close());

  const run = async (config: Record<string, unknown>): ReturnType<typeof AgentProcess.call> => {
    const { agent } = await scene.device();
    const file = join(agent.stateFolder, 'agent.conf.json');
    await mkdir(agent.stateFolder, { recursive: true });
    await writeFile(file, JSON.stringify({ http: { port: 0 }, ...config }));
    return AgentProcess.call('run', '--state', agent.stateFolder, '--config', file);
  };

  it.each([
    [
      'a camera folder that is missing',
      { source: { kind: 'directory', path: '/nowhere/images' } },
      'source.path: /nowhere/images does not exist: create it, mount what belongs there, or change it',
    ],
    [
      'a camera folder that is a file',
      { source: { kind: 'directory', path: '/etc/hostname' } },
      'source.path: /etc/hostname is no folder',
    ],
    [
      'a folder of results that is missing',
      { sinks: [{ kind: 'mqtt' }, { kind: 'jsonl', path: '/nowhere/results.jsonl' }] },
      'sinks.1.path: the folder /nowhere does not exist: create it',
    ],
    [
      'a folder of results that nobody can write to',
      { sinks: [{ kind: 'jsonl', path: '/proc/results.jsonl' }] },
      'sinks.0.path: ',
    ],
  ])('stop the start with path and advice: %s', async (_what, config, sentence) => {
    const { code, stderr } = await run(config);
    expect(stderr).toContain(`hamon-agent: ${sentence}`);
    expect(code).toBe(1);
  });

  it('are looked for again where they go away later, which the device reports since when', async () => {
    const { fleet } = scene;
    const { id, agent } = await scene.running(await scene.bundle('1.0.0'));
    const away = `${scene.images}-away`;
    await rename(scene.images, away);
    const standing = () => fleet.lastReport(id)?.conditions ?? [];
    await until('it says so', () => standing().some(({ code }) => code === 'source-unreadable'));
    const status = await agent.status();
    expect(status.conditions).toMatchObject([{ code: 'source-unreadable' }]);
    await until('its event arrives', () => fleet.kinds(id).includes('source-unreadable'));
    const metrics = await (await fetch(`${await agent.httpUrl()}/metrics`)).text();
    expect(metrics).toContain('hamon_condition{condition="source-unreadable"} 1');
    await rename(away, scene.images);
    await until('it is over', () => standing().length === 0);
  });

  it('with files that are no images are reported with how many frames were refused', async () => {
    const { fleet } = scene;
    const images = join(scene.folder, 'half-broken');
    await mkdir(images);
    for (let i = 0; i < 8; i += 1) await writeFile(join(images, `${i}.png`), 'no image');
    const { id, agent } = await scene.device({
      source: { kind: 'directory', path: images, framesPerSecond: 100 },
    });
    await agent.start();
    await fleet.desire(id, await scene.bundle('1.1.0'));
    await until('a window tells', () =>
      fleet.windows.some(({ device, rejected }) => device === id && (rejected?.undecodable ?? 0) > 0),
    );
    await until('the report tells', () =>
      (fleet.lastReport(id)?.conditions ?? []).some(
        ({ code, share }) => code === 'frames-rejected' && share === 1,
      ),
    );
    expect(fleet.lastReport(id)?.frames.rejected).toBeGreaterThan(0);
  });
});
