import { join } from 'node:path';
import { ApiError } from '@hamon/api-client';
import {
  DeviceView,
  EnrolmentTokenView,
  ModelView,
  RolloutView,
  type TaskName,
  VersionView,
} from '@hamon/contracts';
import { Api } from './api.js';
import { bundleFolder } from './bundle-folder.js';
import {
  EXAMPLE_MODELS,
  EXAMPLE_VERSIONS,
  exampleBundle,
  exampleImages,
  type ExampleModel,
} from './example.js';
import { type DemoDevice, startFleet } from './fleet.js';
import { waitFor } from './wait.js';

const FRAMES_PER_SECOND = 5;

/**
 * Devices to try things on: the example's models with both versions released, and agents that play its images and run
 * 1.0.0 of each. Devices of an earlier start keep what they run. Only what is missing is done: an earlier start may have
 * been interrupted anywhere, or had fewer devices; and what was retired since stays retired.
 */
export async function startDemoFleet(
  root: string,
  dataDir: string,
  server: { readonly httpUrl: string; readonly token: string },
  devices: number,
  signal: AbortSignal,
): Promise<DemoDevice[]> {
  const api = new Api(server.httpUrl, server.token);
  const first = await Promise.all(
    EXAMPLE_MODELS.map(async (model) => ({ model, version: await releaseVersions(api, root, model) })),
  );
  const token = await api.call('POST /v1/enrolment-tokens', EnrolmentTokenView, {
    body: { uses: devices, ttlSeconds: 600, labels: { site: 'demo' } },
  });
  const fleet = await startFleet({
    dataDir: join(dataDir, 'demo-fleet'),
    serverUrl: server.httpUrl,
    enrolmentToken: token.token ?? '',
    devices,
    plays: EXAMPLE_MODELS.map((model) => ({
      model,
      images: exampleImages(root),
      framesPerSecond: FRAMES_PER_SECOND,
    })),
    onUnexpectedExit: (message) => process.stderr.write(`start: ${message}\n`),
    signal,
  });
  // One after the other, so that the classifier is every device's first model.
  for (const { model, version } of first) {
    const idle = await withoutModel(api, fleet, model);
    if (idle.length === 0) continue;
    if (version !== undefined) await bring(api, model, version, idle, signal);
    else
      process.stderr.write(`start: ${idle.join(', ')} do not run ${model}: all its versions are retired\n`);
  }
  return fleet;
}

/** Rolls a version out to these devices and waits for the end of it. */
async function bring(
  api: Api,
  model: ExampleModel,
  version: string,
  devices: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  const where = `id in (${devices.join(',')})`;
  // Nothing to go back to: a long probation would only be waited for.
  const policy = { probation: { seconds: 5, minFrames: 20 } };
  const body = { model, version, where, stages: '100%', watchSeconds: 5, policy };
  const { id } = await api.call('POST /v1/rollouts', RolloutView, { body });
  const isOver = async () =>
    (await api.call('GET /v1/rollouts/{id}', RolloutView, { params: { id } })).state !== 'running' ||
    undefined;
  await waitFor(`the rollout of ${model}@${version}`, isOver, { timeoutMs: 180_000, everyMs: 500, signal });
}

/** Answers the first one that can be rolled out; undefined where somebody retired them all. */
async function releaseVersions(api: Api, root: string, model: ExampleModel): Promise<string | undefined> {
  const { task } = (await bundleFolder(exampleBundle(root, model, EXAMPLE_VERSIONS[0]))).bundle;
  await createModel(api, { name: model, task });
  const known = await api.list('GET /v1/models/{model}/versions', VersionView, { params: { model } });
  const isKnown = (version: string, state: VersionView['state']): boolean =>
    known.some((one) => one.version === version && one.state === state);
  const usable = EXAMPLE_VERSIONS.filter((version) => !isKnown(version, 'retired'));
  for (const version of usable) {
    if (isKnown(version, 'released')) continue;
    await api.hamon('model', 'push', `${model}@${version}`, '--bundle', exampleBundle(root, model, version));
    await api.hamon('model', 'release', `${model}@${version}`);
  }
  return usable[0];
}

async function createModel(
  api: Api,
  body: { readonly name: string; readonly task: TaskName },
): Promise<void> {
  try {
    await api.call('POST /v1/models', ModelView, { body });
  } catch (error) {
    // There already, from an earlier start.
    if (!(error instanceof ApiError) || error.status !== 409) throw error;
  }
}

/** Those of the fleet that run nothing of the model and should run nothing of it. */
async function withoutModel(api: Api, fleet: readonly DemoDevice[], model: string): Promise<string[]> {
  const views = await Promise.all(
    fleet.map(({ id }) => api.call('GET /v1/devices/{id}', DeviceView, { params: { id } })),
  );
  return views
    .filter(({ models, retired }) => {
      const own = models.find((one) => one.model === model);
      return !own?.current && !own?.desired && !retired;
    })
    .map(({ id }) => id);
}
