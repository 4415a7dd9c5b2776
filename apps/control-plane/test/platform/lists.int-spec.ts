import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { enrolmentToken } from '../support/enrol.js';
import { startTestControlPlane, type TestControlPlane } from '../support/test-control-plane.js';

interface Listed {
  readonly items: readonly Record<string, unknown>[];
  readonly next: string | null;
  readonly total?: number;
  readonly detail?: string;
}

let plane: TestControlPlane;
beforeAll(async () => {
  plane = await startTestControlPlane();
  for (const name of ['a', 'b', 'c', 'd', 'e']) {
    await plane.call('POST', '/v1/models', { name, task: 'classification' });
    await enrolmentToken(plane);
  }
});
afterAll(() => plane.discard());

const list = async (path: string): Promise<Listed> => (await plane.call<Listed>('GET', path)).body;

describe('every list', () => {
  test.each([
    ['/v1/models', 5],
    ['/v1/enrolment-tokens', 5],
    ['/v1/audit', 10],
    ['/v1/tokens', 1],
    ['/v1/devices', 0],
    ['/v1/rollouts', 0],
    ['/v1/compressions', 0],
  ])('%s says on each page how many there are in all, unless told not to', async (path, total) => {
    const items: Record<string, unknown>[] = [];
    for (let after: string | null = ''; after !== null;) {
      const page: Listed = await list(`${path}?limit=2${after === '' ? '' : `&after=${after}`}`);
      expect(page.total).toBe(total);
      items.push(...page.items);
      after = page.next;
    }
    expect(new Set(items.map((item) => JSON.stringify(item))).size).toBe(total);
    expect(await list(`${path}?count=false`)).not.toHaveProperty('total');
  });

  test('counts what `where` selects, on every page', async () => {
    const first = await list('/v1/models?limit=1&where=name%20in%20(a,c,e)');
    expect(first).toMatchObject({ items: [{ name: 'a' }], total: 3 });
    const second = await list(`/v1/models?limit=1&where=name%20in%20(a,c,e)&after=${first.next ?? ''}`);
    expect(second).toMatchObject({ items: [{ name: 'c' }], total: 3 });
  });

  test('can be filtered by names and people as they are written', async () => {
    const created = await list('/v1/audit?where=action=model.create,subject=c');
    expect(created).toMatchObject({ total: 1, items: [{ action: 'model.create', subject: 'c' }] });
    const actor = String(created.items[0]?.['actor']);
    expect(actor).toContain(':');
    expect((await list(`/v1/audit?where=actor=${actor}`)).total).toBe(10);
  });

  test('refuses a condition on what it does not have, and says what it has', async () => {
    const answer = await plane.call<Listed>('GET', '/v1/rollouts?where=sate=running');
    expect(answer.status).toBe(400);
    expect(answer.body.detail).toBe(
      'where: there is no "sate" here; it can ask for id, model, version, state',
    );
  });

  test('refuses a word outside the set: no match would look harmless', async () => {
    const asked = [
      ['/v1/rollouts?where=state=runing', /^where: "runing" is no state; it can be running, paused, /],
      ['/v1/rollouts?where=state%20notin%20(paused,stopped)', /^where: "stopped" is no state/],
      ['/v1/compressions?where=state=done', /^where: "done" is no state; it can be queued, /],
    ] as const;
    for (const [path, rule] of asked) {
      const answer = await plane.call<Listed>('GET', path);
      expect([answer.status, answer.body.detail]).toEqual([400, expect.stringMatching(rule)]);
    }
    expect((await plane.call('GET', '/v1/rollouts?where=state')).status).toBe(200);
  });
});
