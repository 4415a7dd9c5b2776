import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Page, RolloutMemberView, RolloutView } from '@hamon/contracts';
import { connectAgent } from '../support/connect-agent.js';
import { eventually } from '../support/eventually.js';
import type { FakeDevice } from '../support/fake-device.js';
import { pushReleased } from '../support/push-bundle.js';
import { rolloutEnds } from '../support/rollouts.js';
import { startTestControlPlane, type TestControlPlane } from '../support/test-control-plane.js';

let plane: TestControlPlane;
const devices: FakeDevice[] = [];

const start = (version: string, extra: Record<string, unknown> = {}) =>
  plane.call<RolloutView & { code?: string; detail: string }>('POST', '/v1/rollouts', {
    model: 'tiny',
    version,
    stages: '1,50%,100%',
    watchSeconds: 0,
    ...extra,
  });

const ended = (id: string): Promise<RolloutView> => rolloutEnds(plane, id);

const running = (): string[] => devices.map(({ slots }) => slots.current?.version ?? 'none');

describe('a rollout', () => {
  beforeAll(async () => {
    plane = await startTestControlPlane();
    for (const version of ['1.0.0', '2.0.0', '3.0.0'] as const) {
      await pushReleased(plane, { version });
    }
    for (let i = 0; i < 6; i++) {
      const labels = { line: i < 3 ? 'a' : 'b' };
      devices.push(await connectAgent(plane, `cam-${i}`, { labels, broken: ['3.0.0'] }));
    }
    await eventually('six devices online', async () => {
      const { body } = await plane.call<Page<unknown>>('GET', '/v1/devices?where=online');
      return body.items.length === 6;
    });
  });
  afterAll(async () => {
    for (const device of devices) await device.stop();
    await plane.discard();
  });

  it('brings a first version to every device, judged by absolute limits', async () => {
    const { status, body } = await start('1.0.0');
    expect([status, body.state, body.devices]).toEqual([201, 'running', 6]);
    const end = await ended(body.id);
    expect(end.state).toBe('succeeded');
    expect(end.stages.map(({ devices: count, state }) => [count, state])).toEqual([
      [1, 'passed'],
      [3, 'passed'],
      [6, 'passed'],
    ]);
    expect(running()).toEqual(Array.from({ length: 6 }, () => '1.0.0'));
    expect(end.progress).toEqual({ committed: 6 });
  });

  it('widens a good second version on paired evidence', async () => {
    const { body } = await start('2.0.0');
    const end = await ended(body.id);
    expect([end.state, end.reason]).toEqual(['succeeded', '']);
    const checks = end.stages.flatMap(({ judgement }) => judgement?.checks ?? []);
    expect(checks.filter(({ name }) => name === 'agreement').map(({ evidence }) => evidence)).toEqual([
      'paired',
      'paired',
      'paired',
    ]);
    expect(running()).toEqual(Array.from({ length: 6 }, () => '2.0.0'));
  });

  it('stops a bad third version at the first device and brings that one back', async () => {
    const { body } = await start('3.0.0');
    const end = await ended(body.id);
    expect(end.state).toBe('rolled-back');
    expect(end.devicesTouched).toBe(1);
    expect(end.stages[0]?.judgement?.verdict).toBe('fail');
    expect(running()).toEqual(Array.from({ length: 6 }, () => '2.0.0'));
    const members = await plane.call<Page<RolloutMemberView>>('GET', `/v1/rollouts/${body.id}/members`);
    expect(members.body.items.filter(({ state }) => state !== 'pending')).toHaveLength(1);
    expect(members.body.items.map(({ previousVersion }) => previousVersion)).toEqual(
      Array.from({ length: 6 }, () => '2.0.0'),
    );
  });
});
