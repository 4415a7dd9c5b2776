import { expect, test } from 'vitest';
import { ModelView, pageOf, RolloutView, VersionView } from '@hamon/contracts';
import type { ApiClient } from '../src/index.js';

/** Never run: what the compiler refuses here is what is tested, whenever the types of the tests are checked. */
export async function whatCompiles(api: ApiClient): Promise<void> {
  const params = { id: 'r' };
  const started = await api.call('POST /v1/rollouts', RolloutView, {
    body: { model: 'm', version: '1.0.0' },
  });
  const state: RolloutView['state'] = started.state;
  await api.call('POST /v1/rollouts/{id}/pause', RolloutView, { params });
  await api.call('GET /v1/models', pageOf(ModelView), { query: { limit: 1, where: undefined } });
  await api.page('GET /v1/rollouts', RolloutView, { limit: 1, query: { id: state } });

  // @ts-expect-error -- no such route
  await api.call('GET /v1/nothing', ModelView);
  // @ts-expect-error -- no such method there
  await api.call('DELETE /v1/models', ModelView);
  // @ts-expect-error -- not told which
  await api.call('GET /v1/rollouts/{id}', RolloutView);
  // @ts-expect-error -- told by another name
  await api.call('GET /v1/rollouts/{id}', RolloutView, { params: { rollout: 'r' } });
  // @ts-expect-error -- a body without its version
  await api.call('POST /v1/rollouts', RolloutView, { body: { model: 'm' } });
  // @ts-expect-error -- a body with more than there is
  await api.call('POST /v1/rollouts/{id}/abort', RolloutView, { params, body: { rollback: true, why: '' } });
  // @ts-expect-error -- nothing that can be asked
  await api.call('GET /v1/models', pageOf(ModelView), { query: { colour: 'red' } });
  // @ts-expect-error -- another answer than the server gives
  await api.call('GET /v1/rollouts/{id}', VersionView, { params });
  // @ts-expect-error -- other items than the server lists
  await api.list('GET /v1/models', VersionView);
  // @ts-expect-error -- no list
  await api.list('GET /v1/models/{model}', ModelView, { params: { model: 'm' } });
}

test('is checked by the compiler', () => expect(whatCompiles).toBeInstanceOf(Function));
