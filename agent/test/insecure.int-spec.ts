import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { AgentProcess } from './support/agent-process.js';
import { Scene } from './support/scene.js';

/** This machine under an address that does not say so. */
const byNetwork = (url: string): string => url.replace('127.0.0.1', '0.0.0.0');

describe('an address outside of this machine without TLS', () => {
  let scene: Scene;
  beforeAll(async () => {
    scene = await Scene.open();
  });
  afterEach(() => scene.killAgents());
  afterAll(() => scene.close());

  it('is not enrolled at, unless that is meant so', async () => {
    const state = join(scene.folder, 'plain');
    const enrol = (...more: string[]) =>
      AgentProcess.call(
        ...['enrol', '--server', byNetwork(scene.fleet.serverUrl), '--token', 'good', '--state', state],
        ...more,
      );
    const refused = await enrol();
    expect(refused).toMatchObject({ code: 1, stdout: '' });
    expect(refused.stderr).toMatch(/^hamon-agent: http:\/\/0\.0\.0\.0:\d+ is not encrypted.*--insecure\n$/);
    expect(await readdir(state).catch(() => [])).toEqual([]);
    expect(await enrol('--insecure')).toMatchObject({ code: 0 });
  });

  it.each(['serverUrl', 'mqttUrl'] as const)('is not run with as %s either', async (setting) => {
    const url = byNetwork(scene.fleet[setting]);
    const { agent } = await scene.device({ [setting]: url });
    await expect(agent.start()).rejects.toThrow(`${url} is not encrypted`);
    await agent.restart({ insecure: true });
    expect(agent.log).toContain('accepted as insecure');
  });
});
