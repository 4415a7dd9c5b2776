import { join } from 'node:path';
import { EnrolmentTokenView, ModelView, RolloutView } from '@hamon/contracts';
import { Api, Refused } from './api.js';
import { type DemoDevice, startFleet } from './fleet.js';
import { waitFor } from './wait.js';

const MODEL = 'surface-inspection';
const FIRST = '1.0.0';
const VERSIONS = [FIRST, '2.0.0'];

/**
 * Devices to try things on: the example's model with both versions released, and agents that play its images and run
 * 1.0.0. Devices of an earlier start are taken up again.
 */
export async function startDemoFleet(
  root: string,
  dataDir: string,
  server: { readonly httpUrl: string; readonly token: string },
  devices: number,
  signal: AbortSignal,
): Promise<DemoDevice[]> {
  const example = join(root, 'examples/surface-inspection');
  const api = new Api(server.httpUrl, server.token);
  const isNew = await createModel(api);
  if (isNew) {
    for (const version of VERSIONS) {
      await api.hamon('model', 'push', `${MODEL}@${version}`, '--bundle', join(example, 'bundles', version));
      await api.hamon('model', 'release', `${MODEL}@${version}`);
    }
  }
  const token = await api.post(
    '/v1/enrolment-tokens',
    { uses: devices, ttlSeconds: 600, labels: { site: 'demo' } },
    EnrolmentTokenView,
  );
  const fleet = await startFleet({
    dataDir: join(dataDir, 'demo-fleet'),
    serverUrl: server.httpUrl,
    enrolmentToken: token.token ?? '',
    devices,
    images: join(example, 'images/line'),
    framesPerSecond: 5,
    onUnexpectedExit: (message) => process.stderr.write(`start: ${message}\n`),
    signal,
  });
  if (isNew) {
    const request = { model: MODEL, version: FIRST, where: 'site=demo', stages: '100%', watchSeconds: 5 };
    const { id } = await api.post('/v1/rollouts', request, RolloutView);
    const isOver = async () =>
      (await api.get(`/v1/rollouts/${id}`, RolloutView)).state !== 'running' || undefined;
    await waitFor(`the rollout of ${MODEL}@${FIRST}`, isOver, { timeoutMs: 180_000, everyMs: 500, signal });
  }
  return fleet;
}

/** False where it is there already, from an earlier start. */
async function createModel(api: Api): Promise<boolean> {
  try {
    await api.post('/v1/models', { name: MODEL, task: 'classification' }, ModelView);
    return true;
  } catch (error) {
    if (error instanceof Refused && error.status === 409) return false;
    throw error;
  }
}
