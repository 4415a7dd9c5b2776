import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { join } from 'node:path';
import { AgentProcess } from './support/agent-process.js';
import { greyImages, temporaryFolder, tinyBundle } from './support/test-bundles.js';
import { FLEET, TestFleet } from './support/test-fleet.js';
import { until } from './support/until.js';

describe('an update', () => {
  let folder: { path: string; remove: () => Promise<void> };
  let fleet: TestFleet;
  let agent: AgentProcess;

  beforeAll(async () => {
    folder = await temporaryFolder();
    fleet = await TestFleet.start();
  });
  afterEach(async () => {
    await agent.kill();
  });
  afterAll(async () => {
    await fleet.stop();
    await folder.remove();
  });

  it('goes from enrolment over a first version to a second one', async () => {
    const state = join(folder.path, 'state');
    const enrolled = await AgentProcess.call(
      ...['enrol', '--server', fleet.serverUrl, '--token', 'good', '--state', state, '--name', 'cam-1'],
    );
    expect(enrolled).toMatchObject({ code: 0, stdout: `device cam-1 of fleet ${FLEET} enrolled\n` });

    const images = await greyImages(folder.path);
    agent = new AgentProcess(state, { source: { kind: 'directory', path: images, framesPerSecond: 50 }, logLevel: 'debug' });
    await agent.start();
    const v1 = await fleet.prepare(await tinyBundle(folder.path, '1.0.0'));
    await fleet.publishChunks(v1);
    const first = await fleet.desire('cam-1', v1);
    await until('1.0.0 is committed', () => fleet.chain(first).includes('committed'), 30_000, () => agent.log);

    const v2 = await fleet.prepare(await tinyBundle(folder.path, '2.0.0', { bias: Float32Array.of(0, 0.1, 0) }));
    await fleet.publishChunks(v2);
    const second = await fleet.desire('cam-1', v2);
    await until('2.0.0 is committed', () => fleet.chain(second).includes('committed'), 30_000, () => agent.log);
    const report = fleet.lastReport('cam-1');
    expect(report?.slots.current).toMatchObject({ version: '2.0.0', sequence: second });
    expect(report?.slots.previous).toMatchObject({ version: '1.0.0', sequence: first });
    expect(fleet.kinds()).toEqual(['started', 'activated', 'committed', 'activated', 'committed']);
    expect(await agent.stop()).toBe(0);
    const last = fleet.lastReport('cam-1');
    expect(last?.frames.accepted).toBe(last?.frames.answered);
    expect(fleet.presences.at(-1)?.online).toBe(false);
  });
});
