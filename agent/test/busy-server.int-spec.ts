import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AgentProcess } from './support/agent-process.js';
import { Scene } from './support/scene.js';

describe('a server that is busy with enrolments', () => {
  let scene: Scene;
  beforeAll(async () => {
    scene = await Scene.open();
  });
  afterAll(() => scene.close());

  it('is asked again, which is said on the screen, until it lets the device in', async () => {
    scene.fleet.busyFor = 2;
    const enrolled = await AgentProcess.call(
      ...['enrol', '--server', scene.fleet.serverUrl, '--token', 'good', '--name', 'late'],
      ...['--state', join(scene.folder, 'late')],
    );
    expect(enrolled).toMatchObject({ code: 0, stdout: expect.stringContaining('device late') });
    expect(enrolled.stderr).toMatch(
      /^the server is busy \(too many at once\); attempt 2 in [23] s\nthe server is busy .*attempt 3 in \d s\n/,
    );
    expect(scene.fleet.enrolmentAttempts).toBe(3);
  });
});
