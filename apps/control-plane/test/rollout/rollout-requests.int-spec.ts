import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Page, RolloutEventView, RolloutView } from '@hamon/contracts';
import { connectAgent } from '../support/connect-agent.js';
import { eventually } from '../support/eventually.js';
import type { FakeDevice } from '../support/fake-device.js';
import { pushReleased } from '../support/push-bundle.js';
import { rolloutOf, rolloutReaches } from '../support/rollouts.js';
import { startTestControlPlane, type TestControlPlane } from '../support/test-control-plane.js';

interface Refusal {
  readonly code: string;
  readonly detail: string;
}

let plane: TestControlPlane;
const devices: FakeDevice[] = [];
const post = <T = RolloutView & Refusal>(path: string, body: unknown = {}) =>
  plane.call<T>('POST', path, body);
const start = (wanted: Record<string, unknown>) =>
  post('/v1/rollouts', { model: 'tiny', version: '1.0.0', stages: '1,100%', watchSeconds: 0, ...wanted });
const show = (id: string): Promise<RolloutView> => rolloutOf(plane, id);
const reaches = (id: string, state: RolloutView['state']): Promise<RolloutView> =>
  rolloutReaches(plane, id, state);

/** Reads server-sent events until the stream ends. */
async function readEvents(
  id: string,
  lastEventId?: number,
): Promise<{ id: string; data: RolloutEventView }[]> {
  const answer = await fetch(`${plane.url}/v1/rollouts/${id}/events`, {
    headers: {
      authorization: `Bearer ${plane.token}`,
      ...(lastEventId === undefined ? {} : { 'last-event-id': String(lastEventId) }),
    },
  });
  expect(answer.headers.get('content-type')).toContain('text/event-stream');
  const blocks = (await answer.text()).split('\n\n').filter((block) => block.includes('data:'));
  return blocks.map((block) => {
    const field = (name: string): string =>
      block
        .split('\n')
        .find((line) => line.startsWith(`${name}: `))
        ?.slice(name.length + 2) ?? '';
    return { id: field('id'), data: JSON.parse(field('data')) as RolloutEventView };
  });
}

describe('rollouts over HTTP', () => {
  beforeAll(async () => {
    plane = await startTestControlPlane();
    await pushReleased(plane, { version: '1.0.0' });
    await pushReleased(plane, { version: '2.0.0' });
    await pushReleased(plane, { version: '9.0.0', release: false });
    await pushReleased(plane, { model: 'other', version: '1.0.0' });
    for (let i = 0; i < 3; i++) {
      devices.push(await connectAgent(plane, `cam-${i}`, { labels: { line: i === 0 ? 'a' : 'b' } }));
    }
  });
  afterAll(async () => {
    for (const device of devices) await device.stop();
    await plane.discard();
  });

  it.each<[string, Record<string, unknown>, number, string, string]>([
    ['an unknown version', { version: '7.0.0' }, 404, 'version-not-found', '7.0.0'],
    ['an unreleased version', { version: '9.0.0' }, 409, 'version-state', 'only a released version'],
    ['an unknown variant', { variant: 'int8' }, 404, 'variant-not-found', 'no variant "int8", only fp32'],
    ['no device', { where: 'line=z' }, 422, 'no-device-selected', 'line=z'],
    ['a selector that cannot be read', { where: 'line==a' }, 400, 'invalid-request', 'where'],
    ['shrinking stages', { stages: '3,1' }, 400, 'invalid-request', 'stages'],
    ['stages of nothing', { stages: '0%' }, 400, 'invalid-request', 'stages'],
    ['an unknown field', { watch: '10m' }, 400, 'invalid-request', 'watch'],
  ])('refuses a rollout of %s', async (_what, wanted, status, code, word) => {
    const refused = await start(wanted);
    expect([refused.status, refused.body.code]).toEqual([status, code]);
    expect(refused.body.detail).toContain(word);
    const { body } = await plane.call<Page<unknown>>('GET', '/v1/rollouts');
    expect(body.items).toEqual([]);
  });

  it('answers 404 for a rollout that does not exist, also where it is to be followed', async () => {
    const nowhere = `/v1/rollouts/${crypto.randomUUID()}`;
    for (const path of ['', '/members', '/events']) {
      const { status, body } = await plane.call<Refusal>('GET', nowhere + path);
      expect([status, body.code]).toEqual([404, 'rollout-not-found']);
    }
    expect((await post(`${nowhere}/pause`)).status).toBe(404);
    expect((await plane.call('GET', '/v1/rollouts/nonsense')).status).toBe(400);
  });

  it('waits for approval, is paused, resumed and approved, and tells its history', async () => {
    const { body } = await start({ approve: 'manual' });
    await reaches(body.id, 'awaiting-approval');
    const refused = await post(`/v1/rollouts/${body.id}/resume`);
    expect([refused.status, refused.body.code]).toEqual([409, 'rollout-state']);
    expect((await post(`/v1/rollouts/${body.id}/approve`)).body.state).toBe('running');
    await reaches(body.id, 'succeeded');

    const events = await readEvents(body.id);
    expect(events.map(({ id }) => Number(id))).toEqual(events.map((_, i) => i + 1));
    expect(events[0]?.data).toMatchObject({ schema: 'hamon.rollout-event/1', kind: 'started' });
    expect(events.at(-1)?.data.kind).toBe('succeeded');
    expect(events.map(({ data }) => data.kind)).toContain('approved');
    expect(await readEvents(body.id, 3)).toEqual(events.slice(3));
    const audit = await plane.call<Page<{ action: string; actor: string }>>('GET', '/v1/audit?limit=100');
    const actions = audit.body.items.map(({ action, actor }) => `${actor} ${action}`);
    expect(actions).toContain('admin:bootstrap rollout.approved');
    expect(actions).toContain('rollout rollout.stage-passed');
  });

  it('refuses a device that takes part in another rollout of the model, naming it', async () => {
    const { body: first } = await start({ version: '2.0.0', approve: 'manual', where: 'line=a' });
    const busy = await start({ version: '2.0.0' });
    expect([busy.status, busy.body.code]).toEqual([409, 'device-busy']);
    expect(busy.body.detail).toContain(first.id);
    await reaches(first.id, 'succeeded');
  });

  it('brings every touched device back where it is aborted with rollback', async () => {
    const { body } = await start({ version: '2.0.0', where: 'line=b', watchSeconds: 3600 });
    await eventually(
      'the first device on 2.0.0',
      async () => (await show(body.id)).progress['committed'] === 1,
    );
    const aborted = await post(`/v1/rollouts/${body.id}/abort`, { rollback: true });
    expect(aborted.body.state).toBe('rolling-back');
    const end = await reaches(body.id, 'aborted');
    expect(end.devicesTouched).toBe(1);
    expect(devices.slice(1).map(({ slots }) => slots.current?.version)).toEqual(['1.0.0', '1.0.0']);
    const again = await post(`/v1/rollouts/${body.id}/abort`, { rollback: true });
    expect([again.status, again.body.code]).toEqual([409, 'rollout-state']);
  });

  it('lists rollouts newest first, page by page', async () => {
    const all = await plane.call<Page<RolloutView>>('GET', '/v1/rollouts');
    const paged: string[] = [];
    let next: string | null = '';
    while (next !== null) {
      const page: Page<RolloutView> = (
        await plane.call<Page<RolloutView>>('GET', `/v1/rollouts?limit=1${next && `&after=${next}`}`)
      ).body;
      paged.push(...page.items.map(({ id }) => id));
      next = page.next;
    }
    expect(paged).toEqual(all.body.items.map(({ id }) => id));
    expect(all.body.items[0]?.state).toBe('aborted');
    expect((await plane.call('GET', '/v1/rollouts?after=nonsense')).status).toBe(400);
  });
});
