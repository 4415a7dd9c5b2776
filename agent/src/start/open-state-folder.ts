import { mkdir } from 'node:fs/promises';
import { ChunkStore, nodeDisk, type Disk } from '@hamon/content';
import { isUnencrypted } from '@hamon/contracts';
import type { SigningJwk } from '@hamon/trust';
import type { Logger } from 'pino';
import { BundleStore } from '../adapters/bundle-store.js';
import { checkFolders } from '../adapters/check-folders.js';
import { readDeviceKey, readIdentity, type Identity } from '../adapters/identity.js';
import { lockStateFolder } from '../adapters/lock-state-folder.js';
import { Outbox } from '../adapters/outbox.js';
import { StatePaths } from '../adapters/state-paths.js';
import { StateStore } from '../adapters/state-store.js';
import { refuseUnencrypted } from '../adapters/unencrypted.js';
import { AgentError } from '../agent-error.js';
import type { DeviceConfig as AgentConfig } from '@hamon/contracts';
import type { DeviceState } from '../core/device-state.js';
import { Configuration } from '../configuration/configuration.js';
import { inUse } from '../core/configuration/config-steps.js';
import type { LogRing } from '../log-ring.js';
import { trustedState } from '../trusted-state.js';
import type { Releases } from './releases.js';

export interface AgentOptions {
  readonly stateFolder: string;
  readonly config: AgentConfig;
  readonly log: Logger;
  /** What was logged lately, for whoever asks by a signed command; nothing unless given. */
  readonly logLines?: LogRing;
  /** The machine's own unless told otherwise. */
  readonly disk?: Disk;
  /** Likewise. */
  readonly availableMemoryMb?: () => number;
  /** Likewise: `/sys`. */
  readonly sysFolder?: string;
}

/** What an enrolled device has on its disk, open to this agent alone. */
export interface StateFolder {
  readonly paths: StatePaths;
  readonly disk: Disk;
  readonly identity: Identity;
  readonly key: SigningJwk;
  /** The device's own file, and what the centre sent in its place. */
  readonly configuration: Configuration;
  /** As the agent starts with it. */
  readonly state: DeviceState;
  readonly store: StateStore;
  readonly bundles: BundleStore;
  readonly outbox: Outbox;
  readonly release: () => Promise<void>;
}

const MB = 1024 ** 2;

/** @throws AgentError `not-enrolled`, `config-invalid`, `unencrypted`, `already-running`, `storage-error` */
export async function openStateFolder(
  { stateFolder, config: own, log, disk = nodeDisk }: AgentOptions,
  releases: Releases,
): Promise<StateFolder> {
  const paths = new StatePaths(stateFolder);
  const { identity, key } = await readEnrolment(paths);
  checkAddresses(own, identity, log);
  const release = await lockStateFolder(paths.lock);
  releases.add(release);
  const configuration = await Configuration.open(own, paths, log);
  const { config } = configuration;
  // What came from the centre never keeps an agent from starting: its streams tell what they lack.
  if (inUse(configuration.record) === null) await checkFolders(config);
  if (config.logLevel !== own.logLevel) log.level = config.logLevel;
  const store = new StateStore(stateFolder, disk);
  const { state: stored, from } = await store.load();
  const state = await trustedState(stored, identity);
  if (from === 'former') log.warn('the newest state was damaged; going on with the one before');
  const { chunkStoreMb, outboxRecords, outboxMb } = config.limits;
  await mkdir(paths.bundles, { recursive: true });
  const chunks = await ChunkStore.open(paths.chunks, { maxBytes: chunkStoreMb * MB, disk });
  const bundles = new BundleStore(paths.bundles, chunks, disk);
  const outbox = await Outbox.open(paths.outbox, { maxRecords: outboxRecords, maxBytes: outboxMb * MB });
  return { configuration, paths, disk, identity, key, state, store, bundles, outbox, release };
}

async function readEnrolment(paths: StatePaths): Promise<{ identity: Identity; key: SigningJwk }> {
  const identity = await readIdentity(paths);
  const key = await readDeviceKey(paths);
  if (identity && key) return { identity, key };
  throw new AgentError(
    'not-enrolled',
    `${paths.folder} holds no enrolled device: run "hamon-agent enrol" first`,
  );
}

export interface Addresses {
  readonly serverUrl: string;
  readonly mqttUrl: string;
}

/** The configuration's addresses, or else those of the enrolment. */
export const addressesOf = (config: AgentConfig, identity: Identity): Addresses => ({
  serverUrl: config.serverUrl ?? identity.serverUrl,
  mqttUrl: config.mqttUrl ?? identity.mqttUrl,
});

function checkAddresses(config: AgentConfig, identity: Identity, log: Logger): void {
  const addresses = Object.values(addressesOf(config, identity));
  if (!config.insecure) refuseUnencrypted(addresses, 'accept it by --insecure ("insecure": true)');
  for (const url of addresses.filter(isUnencrypted)) log.warn({ url }, 'accepted as insecure');
}
