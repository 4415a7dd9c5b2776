import { join } from 'node:path';
import {
  DeviceView,
  EnrolmentTokenView,
  ModelView,
  pageOf,
  RolloutView,
  VersionView,
} from '@hamon/contracts';
import { Api, Refused } from './api.js';
import { type DemoDevice, startFleet } from './fleet.js';
import { waitFor } from './wait.js';

const MODEL = 'surface-inspection';
const VERSIONS = ['1.0.0', '2.0.0'];

/**
 * Devices to try things on: the example's model with both versions released, and agents that play its images and run
 * 1.0.0. Devices of an earlier start are taken up again with what they run. Only what is missing is done: an earlier
 * start may have been interrupted anywhere, or had fewer devices; and what somebody retired since stays so.
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
  await createModel(api);
  const first = await releaseVersions(api, example);
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
  const idle = await withoutModel(api, fleet);
  if (idle.length > 0 && first === undefined) {
    process.stderr.write(`start: ${idle.join(', ')} run nothing: all versions of the example are retired\n`);
  } else if (idle.length > 0) {
    const where = `id in (${idle.join(',')})`;
    // Nothing to go back to: a long probation would only be waited for.
    const policy = { probation: { seconds: 5, minFrames: 20 } };
    const request = { model: MODEL, version: first, where, stages: '100%', watchSeconds: 5, policy };
    const { id } = await api.post('/v1/rollouts', request, RolloutView);
    const isOver = async () =>
      (await api.get(`/v1/rollouts/${id}`, RolloutView)).state !== 'running' || undefined;
    await waitFor(`the rollout of ${MODEL}@${first ?? ''}`, isOver, {
      timeoutMs: 180_000,
      everyMs: 500,
      signal,
    });
  }
  return fleet;
}

async function createModel(api: Api): Promise<void> {
  try {
    await api.post('/v1/models', { name: MODEL, task: 'classification' }, ModelView);
  } catch (error) {
    // There already, from an earlier start.
    if (!(error instanceof Refused) || error.status !== 409) throw error;
  }
}

/** Answers the first one that can be rolled out; undefined where somebody retired them all. */
async function releaseVersions(api: Api, example: string): Promise<string | undefined> {
  const { items: known } = await api.get(`/v1/models/${MODEL}/versions`, pageOf(VersionView));
  const isKnown = (version: string, state: VersionView['state']): boolean =>
    known.some((one) => one.version === version && one.state === state);
  const usable = VERSIONS.filter((version) => !isKnown(version, 'retired'));
  for (const version of usable) {
    if (isKnown(version, 'released')) continue;
    await api.hamon('model', 'push', `${MODEL}@${version}`, '--bundle', join(example, 'bundles', version));
    await api.hamon('model', 'release', `${MODEL}@${version}`);
  }
  return usable[0];
}

/** Those of the fleet that run nothing and shall run nothing. */
async function withoutModel(api: Api, fleet: readonly DemoDevice[]): Promise<string[]> {
  const views = await Promise.all(fleet.map(({ id }) => api.get(`/v1/devices/${id}`, DeviceView)));
  return views
    .filter(({ current, desired, retired }) => !current && !desired && !retired)
    .map(({ id }) => id);
}
