import { join } from 'node:path';
import { ApiError } from '@hamon/api-client';
import { DeviceView, EnrolmentTokenView, ModelView, RolloutView, VersionView } from '@hamon/contracts';
import { Api } from './api.js';
import { type DemoDevice, startFleet } from './fleet.js';
import { waitFor } from './wait.js';

const MODEL = 'surface-inspection';
const VERSIONS = ['1.0.0', '2.0.0'];

/**
 * Devices to try things on: the example's model with both versions released, and agents that play its images and run
 * 1.0.0. Devices of an earlier start keep what they run. Only what is missing is done: an earlier start may have been
 * interrupted anywhere, or had fewer devices; and what was retired since stays retired.
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
  const token = await api.call('POST /v1/enrolment-tokens', EnrolmentTokenView, {
    body: { uses: devices, ttlSeconds: 600, labels: { site: 'demo' } },
  });
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
  if (idle.length === 0) return fleet;
  if (first === undefined) {
    process.stderr.write(`start: ${idle.join(', ')} run nothing: all versions of the example are retired\n`);
    return fleet;
  }
  await bring(api, first, idle, signal);
  return fleet;
}

/** Rolls a version out to these devices and waits for the end of it. */
async function bring(
  api: Api,
  version: string,
  devices: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  const where = `id in (${devices.join(',')})`;
  // Nothing to go back to: a long probation would only be waited for.
  const policy = { probation: { seconds: 5, minFrames: 20 } };
  const body = { model: MODEL, version, where, stages: '100%', watchSeconds: 5, policy };
  const { id } = await api.call('POST /v1/rollouts', RolloutView, { body });
  const isOver = async () =>
    (await api.call('GET /v1/rollouts/{id}', RolloutView, { params: { id } })).state !== 'running' ||
    undefined;
  await waitFor(`the rollout of ${MODEL}@${version}`, isOver, { timeoutMs: 180_000, everyMs: 500, signal });
}

async function createModel(api: Api): Promise<void> {
  try {
    await api.call('POST /v1/models', ModelView, { body: { name: MODEL, task: 'classification' } });
  } catch (error) {
    // There already, from an earlier start.
    if (!(error instanceof ApiError) || error.status !== 409) throw error;
  }
}

/** Answers the first one that can be rolled out; undefined where somebody retired them all. */
async function releaseVersions(api: Api, example: string): Promise<string | undefined> {
  const known = await api.list('GET /v1/models/{model}/versions', VersionView, { params: { model: MODEL } });
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

/** Those of the fleet that run nothing and should run nothing. */
async function withoutModel(api: Api, fleet: readonly DemoDevice[]): Promise<string[]> {
  const views = await Promise.all(
    fleet.map(({ id }) => api.call('GET /v1/devices/{id}', DeviceView, { params: { id } })),
  );
  return views
    .filter(({ current, desired, retired }) => !current && !desired && !retired)
    .map(({ id }) => id);
}
