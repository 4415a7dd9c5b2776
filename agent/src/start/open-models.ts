import { freeBytes } from '../adapters/disk-space.js';
import { modelsOf } from '../core/device-state.js';
import { neededContent, type NeededContent } from '../core/wanted-bundles.js';
import type { DataPlane } from '../data-plane.js';
import type { IdleWork } from '../idle-work.js';
import { modelKeeper } from '../model-keeper.js';
import { contentExecutors } from '../runner/content-executors.js';
import { judgeExecutors } from '../runner/judge-executors.js';
import { modelExecutors } from '../runner/model-executors.js';
import { launchSettings } from '../runner/launch-settings.js';
import { ModelLauncher } from '../runner/model-launcher.js';
import { ModelProcesses } from '../runner/model-processes.js';
import { ModelShares } from '../runner/model-shares.js';
import { ModelWork } from '../runner/model-work.js';
import { Models } from '../runner/models.js';
import { noteProcessEnd } from '../runner/note-process-end.js';
import { RunMemory } from '../runner/run-memory.js';
import { Runner } from '../runner/runner.js';
import type { RunnerContext } from '../runner/runner-context.js';
import { SharedResources } from '../runner/shared-resources.js';
import { switchExecutors } from '../runner/switch-executors.js';
import type { Device } from './make-device.js';
import type { OpenLink } from './open-link.js';
import type { StateFolder } from './open-state-folder.js';

export interface ModelsParts {
  readonly device: Device;
  readonly folder: StateFolder;
  readonly open: OpenLink;
  readonly data: DataPlane;
  /** What makes way for models. */
  readonly idle: () => readonly IdleWork[];
}

const MB = 1024 ** 2;

/** The models' work, and what they share; nothing runs before `begin`. */
export function openModels(parts: ModelsParts): Models {
  const { device, folder } = parts;
  const { notices, keeper, log } = device;
  const shares = openShares(parts);
  const needed = (): NeededContent => neededContent(modelsOf(keeper.state).map(([, known]) => known));
  const wakeIdle = (): void => {
    for (const work of parts.idle()) work.wake();
  };
  const models = new Models({
    keeper,
    make: (model) => makeWork(model, parts, shares, needed, wakeIdle),
    tidyUp: async () => {
      await folder.bundles.collect(needed).catch((cause: unknown) => {
        log.warn({ err: cause }, 'the files of a removed model are still there');
      });
    },
  });
  notices.stateChanged.on(() => models.sync());
  device.machine.reconfigured.on(() => models.all.forEach(({ processes }) => processes.reconfigure()));
  notices.stateChanged.on(wakeIdle);
  notices.wishChanged.on((model) => models.get(model)?.wake());
  return models;
}

function openShares({ device, open, idle }: ModelsParts): SharedResources {
  const { availableMemoryMb, config } = device;
  const { limits } = config;
  const { connection } = open.link;
  return new SharedResources({
    // Idle work makes way: what it holds must not make it look as if there were no room.
    availableMemoryMb: () => idle().reduce((free, { heldMb }) => free + heldMb, availableMemoryMb()),
    memoryMarginMb: limits.memoryMarginMb,
    // By then a chunk that does not come has been asked for once more.
    stalledDownloadMs: limits.chunkTimeoutSeconds * 2000,
    receivedBytes: () => (connection.isConnected ? connection.receivedBytes : undefined),
  });
}

function makeWork(
  model: string,
  { device, folder, open, data }: ModelsParts,
  shares: SharedResources,
  needed: () => NeededContent,
  wakeIdle: () => void,
): ModelWork {
  const { config, log, tell: tellDevice } = device;
  const { bundles, paths } = folder;
  const { reporter } = open.link;
  const keeper = modelKeeper(device.keeper, model);
  const memory = new RunMemory();
  const router = data.router(model);
  const tell: RunnerContext['tell'] = (kind, news) => tellDevice(kind, { model, ...news });
  const launcher = new ModelLauncher({
    settings: () => launchSettings(device.machine.resources, model),
    tellRefused: (detail) => tell('resource-refused', { detail }),
  });
  const processes = new ModelProcesses({
    ...{ bundles, router, launcher },
    onServed: () => reporter.executionProvider(model, providerToTell()),
    loadTimeoutMs: config.limits.loadTimeoutSeconds * 1000,
    onCrash: (role, exit) => {
      noteProcessEnd(role, exit, { keeper, processes, memory, tell });
      runner.wake();
      wakeIdle();
    },
  });
  // Said where the configuration asks for something, so that it can be seen whether that came true.
  const providerToTell = (): string | undefined =>
    launchSettings(device.machine.resources, model).executionProviders && processes.executionProvider;
  const context: RunnerContext = {
    ...{ model, keeper, processes, memory, bundles, router, tell, needed },
    log: log.child({ model }),
    fetcher: open.fetcher,
    freeBytes: () => freeBytes(paths.bundles),
    minFreeBytes: config.minFreeDiskMb * MB,
    further: (share) => shares.progress(model, share),
    progress: (have, total) => reporter.progress(model, have, total),
    room: (forTwo) => reporter.room(model, forTwo),
  };
  const executors = {
    ...contentExecutors(context),
    ...modelExecutors(context),
    ...judgeExecutors(context),
    ...switchExecutors(context),
  };
  const turns = new ModelShares({ model, keeper, processes, shares });
  const sources = { bundles, processes, memory, shares, model, needed };
  const runner = new Runner(context, executors, sources, turns);
  return new ModelWork({
    ...{ model, keeper, processes, runner, tell },
    log: context.log,
    drop: () => data.drop(model),
    leave: () => shares.leave(model),
  });
}
