import { hardwareFacts } from '@hamon/inference';
import { thumbprint } from '@hamon/trust';
import { MqttChunkFetcher } from '../adapters/mqtt-chunk-fetcher.js';
import { AGENT_VERSION } from '../agent-version.js';
import { ControlLink } from '../control-link.js';
import type { ChunkFetcher } from '../core/chunk-fetcher.js';
import type { ChunkStore } from '@hamon/content';
import { workingProviders } from '../machine/working-providers.js';
import type { Device } from './make-device.js';
import type { StateFolder } from './open-state-folder.js';

export interface OpenLink {
  readonly link: ControlLink;
  /** For deployments. */
  readonly fetcher: ChunkFetcher;
}

/** The way to the control plane; nothing is sent before it is started. */
export async function openLink(
  device: Device,
  { bundles, outbox, paths, configuration }: StateFolder,
): Promise<OpenLink> {
  const { notices, identity, machine, log } = device;
  const providers = await workingProviders(machine.resources, paths.folder, log);
  const link = new ControlLink({
    ...device,
    outbox,
    facts: await hardwareFacts(AGENT_VERSION, providers),
    keyId: await thumbprint(identity.manifestKey),
    streams: () => device.streams.rows(),
    configuration: () => configuration.report(),
    samples: () => device.samples.figures(),
    onDesired: notices.wishChanged.emit,
  });
  notices.stateChanged.on(() => link.reporter.changed());
  notices.conditionsChanged.on(() => link.reporter.changed());
  notices.recordAdded.on(() => link.send());
  return { link, fetcher: fetchOver(link, device, bundles.chunks) };
}

/** @param parallel chunks asked for at once, at most */
export function fetchOver(
  link: ControlLink,
  { identity: { fleet }, config: { limits }, tell }: Device,
  store: ChunkStore,
  parallel?: number,
): ChunkFetcher {
  const { connection } = link;
  const fetcher = new MqttChunkFetcher({
    ...{ connection, fleet, store, ...(parallel !== undefined && { parallel }) },
    askTimeoutMs: limits.chunkTimeoutSeconds * 1000,
    maxAsks: limits.chunkAttempts,
    onCorrupt: (detail) => tell('chunk-corrupt', { detail }),
  });
  link.listen(fetcher);
  return fetcher;
}
