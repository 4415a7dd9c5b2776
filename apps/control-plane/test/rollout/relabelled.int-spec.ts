import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RolloutView } from '@hamon/contracts';
import { connectAgent } from '../support/connect-agent.js';
import type { FakeDevice } from '../support/fake-device.js';
import { pushReleased } from '../support/push-bundle.js';
import { release } from '../support/push.js';
import { rolloutEnds, rolloutReaches } from '../support/rollouts.js';
import { startTestControlPlane, type TestControlPlane } from '../support/test-control-plane.js';

let plane: TestControlPlane;
const devices: FakeDevice[] = [];

const start = async (version: string): Promise<RolloutView> => {
  const wanted = { model: 'tiny', version, stages: '1,100%', watchSeconds: 0 };
  return (await plane.call<RolloutView>('POST', '/v1/rollouts', wanted)).body;
};

const act = (id: string, action: string) =>
  plane.call<RolloutView & { code?: string }>('POST', `/v1/rollouts/${id}/${action}`, {});

const DIFFER = 'labels differ from 1.0.0 (new: medium, glare; gone: middle, high)';

describe('a version with other labels than the one that it replaces', () => {
  beforeAll(async () => {
    plane = await startTestControlPlane();
    await pushReleased(plane, { version: '1.0.0' });
    const output = { name: 'scores', activation: 'softmax', labels: ['low', 'medium', 'glare'] } as const;
    await release(plane, { bundle: { version: '2.0.0', output: { ...output, labels: [...output.labels] } } });
    for (let i = 0; i < 3; i += 1) {
      devices.push(await connectAgent(plane, `cam-${i}`, { relabelled: ['2.0.0'] }));
    }
    const first = await start('1.0.0');
    expect(first.labelChanges).toEqual([]);
    expect((await rolloutEnds(plane, first.id)).state).toBe('succeeded');
  });
  afterAll(async () => {
    for (const device of devices) await device.stop();
    await plane.discard();
  });

  it('says so at the start, waits for a person after the first stage, and goes on once approved', async () => {
    const begun = await start('2.0.0');
    expect(begun.labelChanges).toEqual([
      {
        ...{ version: '1.0.0', devices: 3, moved: { count: 0, first: [] } },
        added: { count: 2, first: ['medium', 'glare'] },
        gone: { count: 2, first: ['middle', 'high'] },
      },
    ]);

    const asked = await rolloutReaches(plane, begun.id, 'awaiting-approval');
    expect(asked.reason).toContain(`agreement: ${DIFFER}, so that answers cannot be compared`);
    expect([asked.devicesTouched, asked.labelsApprovedBy]).toEqual([1, null]);
    const names = asked.stages[0]?.judgement?.checks.map(({ name, verdict }) => `${name} ${verdict}`);
    expect(names).toEqual([
      'reached pass',
      'update-failures pass',
      'agreement inconclusive',
      'error-rate pass',
      'latency pass',
    ]);
    // It would only ask again.
    expect((await act(begun.id, 'resume')).body.code).toBe('rollout-state');

    expect((await act(begun.id, 'approve')).status).toBe(200);
    const end = await rolloutEnds(plane, begun.id);
    expect([end.state, end.reason, end.labelsApprovedBy]).toEqual(['succeeded', '', 'bootstrap']);
    expect(end.stages[1]?.judgement?.reason).toMatch(
      /^all 4 checks passed without comparing answers, as labels differ and bootstrap approved/,
    );
    expect(devices.map(({ slots }) => slots.current?.version)).toEqual(['2.0.0', '2.0.0', '2.0.0']);
  });

  it('can be sent back while it waits', async () => {
    const begun = await start('1.0.0');
    await rolloutReaches(plane, begun.id, 'awaiting-approval');
    await plane.call('POST', `/v1/rollouts/${begun.id}/abort`, { rollback: true });
    expect((await rolloutEnds(plane, begun.id)).state).toBe('aborted');
    expect(devices.map(({ slots }) => slots.current?.version)).toEqual(['2.0.0', '2.0.0', '2.0.0']);
  });
});
