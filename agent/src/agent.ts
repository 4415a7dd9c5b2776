import { rm } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { writeFileAtomically } from '@hamon/content';
import type { RunningVersion } from '@hamon/contracts';
import { Secrets } from './adapters/secrets.js';
import { agentStatus, type AgentStatus } from './agent-status.js';
import { AGENT_VERSION } from './agent-version.js';
import type { ControlLink } from './control-link.js';
import { modelsOf, type DeviceState } from './core/device-state.js';
import { answering } from './core/model-state.js';
import type { DataPlane } from './data-plane.js';
import type { LocalHttp } from './data/http/local-http.js';
import { localRoutes } from './start/local-routes.js';
import { makeDevice, type Device } from './start/make-device.js';
import { openGuard } from './start/open-guard.js';
import { openLink } from './start/open-link.js';
import { openDataPlane } from './start/open-data-plane.js';
import { openStateFolder, type AgentOptions, type StateFolder } from './start/open-state-folder.js';
import { openConfigurator } from './start/open-configurator.js';
import type { Configurator } from './configuration/configurator.js';
import { openWork, type Work } from './start/open-work.js';
import { keepLogTail, loadLogTail } from './adapters/log-tail.js';
import { LogRing } from './log-ring.js';
import { Releases } from './start/releases.js';
import { serve } from './start/serve.js';

interface Parts {
  readonly folder: StateFolder;
  readonly device: Device;
  readonly link: ControlLink;
  readonly data: DataPlane;
  readonly configurator: Configurator;
  readonly work: Work;
  readonly http: LocalHttp;
  readonly logLines: LogRing;
  readonly restart: Promise<void>;
}

const SEND_GRACE_MS = 3000;

/** One device's agent: the parts put together, started and stopped in order. */
export class Agent {
  private constructor(private readonly parts: Parts) {}

  /** @throws AgentError `not-enrolled`, `config-invalid`, `unencrypted`, `already-running`, `storage-error`, `port-taken` */
  static async start(options: AgentOptions): Promise<Agent> {
    const releases = new Releases();
    try {
      const agent = new Agent(await openParts(options, releases));
      await agent.begin();
      return agent;
    } catch (cause) {
      await releases.release();
      throw cause;
    }
  }

  get httpUrl(): string {
    return this.parts.http.url;
  }

  get status(): AgentStatus {
    return agentStatus(this.parts);
  }

  /** Rejects where the work of a model or idle work met a bug; settles after `stop`. */
  get ended(): Promise<void> {
    const { models, idle } = this.parts.work;
    return Promise.all([models.ended, ...idle.map((work) => work.ended)]).then(() => undefined);
  }

  /** Settles when a signed command asks for a restart: whoever runs the agent then stops it and ends the process. */
  get restartAsked(): Promise<void> {
    return this.parts.restart;
  }

  /** Frames first, then the models, then the link: nothing that was accepted is lost on the way out. */
  async stop(): Promise<void> {
    const { folder, device, link, data, work, http, logLines, configurator } = this.parts;
    await configurator.stop();
    const served = data.stop();
    await http.close();
    await served;
    for (const idle of work.idle) await idle.stop();
    await work.kept.samples.close();
    await work.models.stop();
    await Promise.race([work.replies.flush(), delay(SEND_GRACE_MS, undefined, { ref: false })]);
    device.machine.stop();
    await link.stop(SEND_GRACE_MS);
    await keepLogTail(folder.paths.logTail, logLines);
    await rm(folder.paths.running, { force: true });
    await folder.release();
  }

  private async begin(): Promise<void> {
    const { folder, device, link, data, work, http, configurator } = this.parts;
    const { log, tell, identity } = device;
    await work.models.begin();
    await Promise.all(work.models.all.map(({ ready }) => ready));
    for (const idle of work.idle) idle.start();
    device.machine.start();
    link.start();
    data.start();
    configurator.start();
    tell('started', { version: onlyVersion(folder.state), detail: `agent ${AGENT_VERSION}` });
    const ready = { schema: 'hamon.agent/1', pid: process.pid, httpUrl: http.url };
    const { running } = folder.paths;
    await writeFileAtomically(running, `${JSON.stringify(ready)}\n`).catch((cause: unknown) => {
      // Only "hamon-agent status" reads it; frames are answered without.
      log.warn({ err: cause }, `${running} cannot be written`);
    });
    log.info({ device: identity.device, http: http.url }, 'agent ready');
  }
}

/** Each part needs only those before it. What concerns an earlier part goes through `Notices`. */
async function openParts(options: AgentOptions, releases: Releases): Promise<Parts> {
  const folder = await openStateFolder(options, releases);
  const device = await makeDevice(folder, options);
  const open = await openLink(device, folder);
  const { link } = open;
  const { logLines = new LogRing() } = options;
  await loadLogTail(folder.paths.logTail, logLines);
  const secrets = new Secrets(folder.paths.folder, process.env, (value) => logLines.hide(value));
  const data = await openDataPlane(device, folder, link, secrets, releases);
  const configurator = openConfigurator(device, folder, link, data);
  let ask = (): void => undefined;
  const restart = new Promise<void>((resolve) => (ask = resolve));
  const work = await openWork({ device, folder, open, data, logLines, restart: () => ask() }, releases);
  const { config, log } = device;
  const guard = await openGuard(config.http, secrets);
  const http = await serve(
    {
      ...config.http,
      routes: localRoutes({ device, link, data, work }, guard),
      guard,
      onBug: (cause) => log.error({ err: cause }, 'a local request failed'),
    },
    releases,
  );
  return { folder, device, link, data, configurator, work, http, logLines, restart };
}

/** A device of several models names none of them. */
function onlyVersion(state: DeviceState): RunningVersion | null {
  const running = modelsOf(state).flatMap(([, { slots }]) => answering(slots.current)?.version ?? []);
  return running.length === 1 ? (running[0] ?? null) : null;
}

export type { AgentOptions, AgentStatus };
