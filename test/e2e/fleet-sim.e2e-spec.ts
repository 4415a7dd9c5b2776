import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EnrolmentTokenView, RolloutView, type StartRollout } from '@hamon/contracts';
import { z } from 'zod';
import { Program } from './support/program.js';
import { MODEL, ROOT } from './support/root.js';
import { Scene } from './support/scene.js';
import { until } from './support/until.js';

const PROGRAM = join(ROOT, 'apps/fleet-sim/bin/hamon-fleet-sim.js');
const DEVICES = 8;
const counts = z.record(z.string(), z.int());

const Totals = z.object({
  schema: z.literal('hamon.fleet-sim/1'),
  devices: z.int(),
  enrolled: z.int(),
  online: z.int(),
  shutOut: z.int(),
  deployments: counts,
  versions: counts,
  rejectedManifests: z.int(),
  records: z.object({ sent: z.int(), dropped: z.int() }),
});

describe('a simulated fleet', () => {
  let scene: Scene;
  let token: string;
  const fleets: Program[] = [];

  beforeAll(async () => {
    scene = await Scene.open();
    await scene.start();
    const wanted = { uses: 2 * DEVICES, ttlSeconds: 600, labels: { site: 'rehearsal' } };
    token = (await scene.api.call('POST', '/v1/enrolment-tokens', EnrolmentTokenView, wanted)).token ?? '';
  });
  afterAll(async () => {
    await Promise.all(fleets.map((fleet) => fleet.end('SIGKILL')));
    await scene.close();
  });

  const state = (name: string): string => join(scene.folder, 'simulated', name);

  /** As an operator types it; without a token where its devices are enrolled. */
  function started(name: string, ...options: string[]): Program {
    const fleet = new Program(name, process.execPath);
    const server = scene.controlPlane.httpUrl;
    const base = ['--server', server, '--devices', String(DEVICES), '--name', name, '--state', state(name)];
    fleet.start([PROGRAM, ...base, '--ramp', '1s', '--fps', '50', '--download', '1s', '--json', ...options]);
    fleets.push(fleet);
    return fleet;
  }

  async function ended(fleet: Program, signal: NodeJS.Signals = 'SIGTERM'): Promise<z.infer<typeof Totals>> {
    expect(await fleet.end(signal)).toBe(0);
    const line = fleet.output.split('\n').find((one) => one.startsWith('{'));
    return Totals.parse(JSON.parse(line ?? ''));
  }

  const online = (name: string, number: number): Promise<true> =>
    until(
      `${number} devices of ${name} are online`,
      async () =>
        (await scene.api.devices()).filter((device) => device.id.startsWith(name) && device.online).length ===
        number,
      { context: () => fleets.map((fleet) => fleet.tail()).join('\n') },
    );

  async function rolledOut(
    name: string,
    version: string,
    more: Partial<StartRollout> = {},
  ): Promise<RolloutView> {
    const { id } = await scene.api.call('POST', '/v1/rollouts', RolloutView, {
      ...{ model: MODEL, version, stages: '50%,100%', watchSeconds: 2 },
      where: `id in (${Array.from({ length: DEVICES }, (_, i) => idOf(name, i + 1)).join(',')})`,
      gate: { minPairedFrames: 60, latency: { minFrames: 40, maxExtraMs: 500 } },
      policy: {
        shadow: { minFrames: 30 },
        probation: { seconds: 1, minFrames: 10 },
        telemetry: { windowSeconds: 0.5 },
      },
      ...more,
    });
    return scene.ended(id);
  }

  const idOf = (name: string, number: number): string => `${name}-${String(number).padStart(5, '0')}`;

  it('takes a rollout as a real one does, takes leave when told, and goes on from its folder', async () => {
    const fleet = started('good', '--token', token);
    await online('good', DEVICES);
    expect(await rolledOut('good', '1.0.0')).toMatchObject({ state: 'succeeded' });
    const device = await scene.api.device(idOf('good', 1));
    expect(device).toMatchObject({
      labels: { site: 'rehearsal' },
      current: { version: '1.0.0' },
      health: { word: 'ok' },
    });
    const totals = await ended(fleet);
    expect(totals).toMatchObject({
      ...{ devices: DEVICES, enrolled: DEVICES, online: DEVICES, shutOut: 0, rejectedManifests: 0 },
      deployments: { committed: DEVICES },
      versions: { [`${MODEL}@1.0.0`]: DEVICES },
    });
    expect(totals.records.sent).toBeGreaterThan(DEVICES);
    await online('good', 0);

    // Killed, and started again without a token: the same devices, which know what they run.
    const second = started('good');
    await online('good', DEVICES);
    await second.end('SIGKILL');
    const third = started('good');
    await online('good', DEVICES);
    expect(await rolledOut('good', '2.0.0')).toMatchObject({ state: 'succeeded' });
    expect((await ended(third)).versions).toEqual({ [`${MODEL}@2.0.0`]: DEVICES });
  });

  it('fails where it is told to: the gate stops the rollout, and every device goes back', async () => {
    const fleet = started('bad', '--token', token, '--fail', '100%', '--bad-version', '2.0.0');
    await online('bad', DEVICES);
    expect(await rolledOut('bad', '1.0.0')).toMatchObject({ state: 'succeeded' });
    const stopped = await rolledOut('bad', '2.0.0');
    expect(stopped.state).toBe('rolled-back');
    expect(stopped.stages.at(-1)?.startedAt).toBeNull();
    await until('every device is back', async () => {
      const devices = (await scene.api.devices()).filter(({ id }) => id.startsWith('bad'));
      return devices.every(({ current }) => current?.version === '1.0.0');
    });

    // Retired while it runs: cut off, and it says so.
    const lost = idOf('bad', 3);
    expect((await scene.hamon('device', 'retire', lost, '--why', 'rehearsal')).code).toBe(0);
    await online('bad', DEVICES - 1);
    await until('the fleet has heard why', async () => fleet.output.includes('1 shut out'), {
      timeoutMs: 180_000,
    });
    expect(await ended(fleet, 'SIGINT')).toMatchObject({ online: DEVICES - 1, shutOut: 1 });
  });

  it.each([
    [2, ['--devices', '0'], "option '--devices <n>' argument '0' is invalid. must be a whole number from 1"],
    [2, ['--fail', '60%', '--refuse', '60%'], '--refuse and --fail are more than 100% together'],
    [2, ['--offline', '100%'], '--offline must be less than 100%'],
    [2, ['--offline', '1%', '--outage', '0s'], '--outage must be longer than 0s'],
    [2, ['--bad-version', '2.0.0'], '--bad-version needs --refuse or --fail'],
    [
      2,
      ['--fail', '1%', '--bad-version', 'tile@2.0.0'],
      'must be a version such as 2.0.0, without its model',
    ],
    [2, ['--frobnicate'], "unknown option '--frobnicate'"],
    [1, [], 'wrong-00001 is not enrolled yet: give an enrolment token by --token'],
    [1, ['--state', '/dev/null/no'], 'ENOTDIR'],
    [1, ['--token', 'nonsense'], 'the server refused the enrolment'],
    [1, ['--server', 'http://plant.example'], 'http://plant.example is not encrypted'],
  ])('ends with %d and one sentence for %j', async (code, options, sentence) => {
    const args = ['--server', scene.controlPlane.httpUrl, '--devices', '2', '--name', 'wrong'];
    const all = [PROGRAM, ...args, '--state', state('wrong'), ...options];
    const outcome = await new Promise<{ code: unknown; stderr: string }>((resolve) => {
      execFile(process.execPath, all, { timeout: 180_000 }, (error, _stdout, stderr) =>
        resolve({ code: error?.code ?? 0, stderr }),
      );
    });
    expect(outcome.stderr).toContain(sentence);
    expect(outcome.code).toBe(code);
    expect(outcome.stderr).not.toMatch(/^ +at /m);
  });
});
