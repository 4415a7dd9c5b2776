import { mkdir, rm } from 'node:fs/promises';
import { availableMemory } from 'node:process';
import { ChunkStore, nodeDisk, writeFileAtomically, type Disk } from '@hamon/content';
import { isUnencrypted } from '@hamon/contracts';
import { hardwareFacts, type HostExit } from '@hamon/inference';
import { thumbprint } from '@hamon/trust';
import type { Logger } from 'pino';
import { AgentError } from './agent-error.js';
import { agentStatus, type AgentStatus } from './agent-status.js';
import { AGENT_VERSION } from './agent-version.js';
import { BundleStore } from './adapters/bundle-store.js';
import { checkFolders } from './adapters/check-folders.js';
import { freeBytes } from './adapters/disk-space.js';
import { readDeviceKey, readIdentity } from './adapters/identity.js';
import { lockStateFolder } from './adapters/lock-state-folder.js';
import { Outbox } from './adapters/outbox.js';
import { ServerClock } from './adapters/server-clock.js';
import { StatePaths } from './adapters/state-paths.js';
import { StateStore } from './adapters/state-store.js';
import { refuseUnencrypted } from './adapters/unencrypted.js';
import { BenchmarkDesk } from './benchmark/benchmark-desk.js';
import { Conditions } from './conditions.js';
import type { AgentConfig } from './config.js';
import { ControlLink } from './control-link.js';
import { answering, type DeviceState } from './core/device-state.js';
import { isAtRest } from './core/is-at-rest.js';
import { laterOf } from './core/time-floor.js';
import { DataPlane } from './data-plane.js';
import { startLocalHttp, type LocalHttp } from './data/http/local-http.js';
import { DeviceTokens } from './device-tokens.js';
import { Events } from './events.js';
import { reasonFor } from './runner/child.js';
import { contentExecutors } from './runner/content-executors.js';
import { Course } from './runner/course.js';
import { judgeExecutors } from './runner/judge-executors.js';
import { modelExecutors } from './runner/model-executors.js';
import { ModelRack, type Role } from './runner/model-rack.js';
import { Runner } from './runner/runner.js';
import type { RunnerContext } from './runner/runner-context.js';
import { switchExecutors } from './runner/switch-executors.js';
import { StateKeeper } from './state-keeper.js';
import { trustedState } from './trusted-state.js';

export interface AgentOptions {
  readonly stateFolder: string;
  readonly config: AgentConfig;
  readonly log: Logger;
  /** The machine's own unless told otherwise. */
  readonly disk?: Disk;
}

const MB = 1024 ** 2;
const SEND_GRACE_MS = 3000;

/** One device's agent: the parts put together, started and stopped in order. */
export class Agent {
  private constructor(
    private readonly parts: {
      readonly keeper: StateKeeper<DeviceState>;
      readonly rack: ModelRack;
      readonly data: DataPlane;
      readonly link: ControlLink;
      readonly runner: Runner;
      readonly desk: BenchmarkDesk;
      readonly http: LocalHttp;
      readonly release: () => Promise<void>;
      readonly paths: StatePaths;
    },
    private readonly running: Promise<void>,
  ) {}

  /** @throws AgentError `not-enrolled`, `config-invalid`, `unencrypted`, `already-running`, `storage-error`, `port-taken` */
  static async start({ stateFolder, config, log, disk = nodeDisk }: AgentOptions): Promise<Agent> {
    const paths = new StatePaths(stateFolder);
    const identity = await readIdentity(paths);
    const key = await readDeviceKey(paths);
    if (!identity || !key) {
      throw new AgentError(
        'not-enrolled',
        `${stateFolder} holds no enrolled device: run "hamon-agent enrol" first`,
      );
    }
    const serverUrl = config.serverUrl ?? identity.serverUrl;
    const addresses = [serverUrl, config.mqttUrl ?? identity.mqttUrl];
    if (!config.insecure) refuseUnencrypted(addresses, 'accept it by --insecure ("insecure": true)');
    for (const url of addresses.filter(isUnencrypted)) log.warn({ url }, 'accepted as insecure');
    await checkFolders(config);
    const release = await lockStateFolder(paths.lock);
    try {
      const store = new StateStore(stateFolder, disk);
      const { state: stored, from } = await store.load();
      const state = await trustedState(stored, identity);
      if (from === 'former') log.warn('the newest state was damaged; going on with the one before');
      const { limits } = config;
      await mkdir(paths.bundles, { recursive: true });
      const chunks = await ChunkStore.open(paths.chunks, { maxBytes: limits.chunkStoreMb * MB, disk });
      const bundles = new BundleStore(paths.bundles, chunks, disk);
      const outbox = await Outbox.open(paths.outbox, {
        maxRecords: limits.outboxRecords,
        maxBytes: limits.outboxMb * MB,
      });
      const clock = new ServerClock(serverUrl);
      const tokens = new DeviceTokens(identity, key, clock);
      const course = new Course();
      const keeper: StateKeeper<DeviceState> = new StateKeeper(state, store, () => {
        link.reporter.changed();
        desk.wake();
      });
      const now = (): Date => clock.stamp();
      const events = new Events(identity.device, outbox, log, () => link.send(), now);
      const tell = events.tell.bind(events);
      const conditions = new Conditions(now, () => link.reporter.changed());
      const data = new DataPlane({
        fleet: identity.fleet,
        device: identity.device,
        ...{ config, serverUrl, outbox, tell, now, log },
        // The link is made further down, and exists before the first frame.
        publisher: {
          get isConnected() {
            return link.connection.isConnected;
          },
          publish: (...message) => link.connection.publish(...message),
        },
        apiToken: () => tokens.forApi(),
        tellCondition: conditions.tell,
        conditions: () => conditions.list(),
        onWindow: () => {
          link.reporter.changed();
          link.send();
        },
      });
      const { router } = data;
      const onCrash = (role: Role | undefined, exit: HostExit): void => {
        noteCrash(role, exit, { keeper, rack, course, events });
        runner.wake();
        desk.wake();
      };
      const loadTimeoutMs = limits.loadTimeoutSeconds * 1000;
      const rack = new ModelRack({ bundles, router, loadTimeoutMs, onCrash });
      const availableMemoryMb = (): number => availableMemory() / MB;
      const desk: BenchmarkDesk = await BenchmarkDesk.open({
        ...{ identity, config, paths, disk, bundles, router, availableMemoryMb, tell, log },
        connection: {
          get isConnected() {
            return link.connection.isConnected;
          },
          get receivedBytes() {
            return link.connection.receivedBytes;
          },
          publish: (...message) => link.connection.publish(...message),
          subscribe: (topic) => link.connection.subscribe(topic),
          unsubscribe: (topic) => link.connection.unsubscribe(topic),
        },
        isAtRest: () => {
          const current = answering(keeper.state.slots.current);
          return isAtRest(keeper.state) && (current === null || rack.of('current', current) !== null);
        },
        now: () => laterOf(new Date(), keeper.state.timeFloor),
      });
      const link: ControlLink = new ControlLink({
        ...{ identity, config, tokens, clock, keeper, chunks, outbox, events, conditions, log },
        facts: await hardwareFacts(AGENT_VERSION),
        keyId: await thumbprint(identity.manifestKey),
        counters: () => router.counters(),
        onDesired: () => runner.wake(),
        listener: desk,
      });
      const context: RunnerContext = {
        ...{ keeper, rack, course, bundles, router, log, tell },
        fetcher: link.fetcher,
        freeBytes: () => freeBytes(paths.bundles),
        minFreeBytes: config.minFreeDiskMb * MB,
        progress: (have, total) => link.reporter.progress(have, total),
        room: (forTwo) => link.reporter.room(forTwo),
      };
      const executors = {
        ...contentExecutors(context),
        ...modelExecutors(context),
        ...judgeExecutors(context),
        ...switchExecutors(context),
      };
      const { memoryMarginMb } = limits;
      const runner = new Runner(context, executors, {
        bundles,
        rack,
        course,
        memoryMarginMb,
        // A benchmark makes way: it must not make a deployment look as if there were no room for two.
        availableMemoryMb: () => availableMemoryMb() + desk.heldMb,
      });
      const http = await listen(config, {
        router,
        registry: data.metrics,
        status: () => agentStatus(identity, keeper.state, link, rack, router.counters(), desk.status),
        onBug: (cause: unknown) => log.error({ err: cause }, 'a local request failed'),
      });
      await rack.standIn(state).catch((cause: unknown) => {
        log.warn({ err: cause }, 'the files of the stopped version cannot be read: no frame gets an answer');
      });
      const running = runner.run();
      desk.start();
      link.start();
      data.start();
      tell('started', {
        version: answering(state.slots.current)?.version ?? null,
        detail: `agent ${AGENT_VERSION}`,
      });
      const ready = { schema: 'hamon.agent/1', pid: process.pid, httpUrl: http.url };
      await writeFileAtomically(paths.running, `${JSON.stringify(ready)}\n`).catch((cause: unknown) => {
        // Only "hamon-agent status" reads it; frames are answered without.
        log.warn({ err: cause }, `${paths.running} cannot be written`);
      });
      log.info({ device: identity.device, http: http.url }, 'agent ready');
      return new Agent({ keeper, rack, data, link, runner, desk, http, release, paths }, running);
    } catch (cause) {
      await release();
      throw cause;
    }
  }

  get httpUrl(): string {
    return this.parts.http.url;
  }

  /** Rejects where the runner met a bug; settles after `stop`. */
  get ended(): Promise<void> {
    return Promise.all([this.running, this.parts.desk.ended]).then(() => undefined);
  }

  /** Frames first, then the runner, then the goodbye: nothing that was accepted is lost on the way out. */
  async stop(): Promise<void> {
    const { rack, data, link, runner, desk, http, release, paths } = this.parts;
    const served = data.stop();
    await http.close();
    await served;
    await desk.stop();
    runner.stop();
    await this.running.catch(() => undefined);
    await rack.stop();
    await link.stop(SEND_GRACE_MS);
    await rm(paths.running, { force: true });
    await release();
  }
}

type HttpParts = Omit<Parameters<typeof startLocalHttp>[0], 'host' | 'port'>;

async function listen({ http }: AgentConfig, parts: HttpParts): Promise<LocalHttp> {
  try {
    return await startLocalHttp({ ...http, ...parts });
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    const why = code === 'EADDRINUSE' ? 'another program listens there' : message;
    throw new AgentError('port-taken', `http ${http.host}:${http.port}: ${why}`, { cause });
  }
}

interface CrashParts {
  readonly keeper: StateKeeper<DeviceState>;
  readonly rack: ModelRack;
  readonly course: Course;
  readonly events: Events;
}

/** What the end of a child means depends on its role. */
function noteCrash(
  role: Role | undefined,
  exit: HostExit,
  { keeper, rack, course, events }: CrashParts,
): void {
  const { state } = keeper;
  const code = exit.code === 'worker-hung' ? 'worker-hung' : 'worker-crashed';
  const reason = reasonFor(code, exit.detail);
  const version = role ? (state.slots[role]?.version ?? null) : null;
  events.tell(code, { version, reason, detail: role ?? 'leaving' });
  switch (role) {
    case 'current':
      course.crash(reason);
      // In probation the first crash is one too many.
      if (state.deployment?.state === 'active') course.fail(state, reason);
      rack.serve(state);
      break;
    case 'candidate':
      course.fail(state, reason);
      break;
    case 'previous':
      rack.shadow(null, null);
      void keeper.force((now) => ({ ...now, watch: null }));
      break;
    case undefined:
      break;
  }
}

export type { AgentStatus };
