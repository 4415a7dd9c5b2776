import type { DeviceConfig } from '@hamon/contracts';
import type { SigningJwk } from '@hamon/trust';
import type { Identity } from '../adapters/identity.js';
import type { StatePaths } from '../adapters/state-paths.js';
import type { AgentStatus } from '../agent-status.js';
import type { InstalledService } from '../service/read-unit.js';
import type { Finding } from './finding.js';

/** What is known before the checks begin. */
export interface Patient {
  /** Undefined where no state folder is named and no service has one. */
  readonly paths: StatePaths | undefined;
  readonly identity: Identity | undefined;
  readonly key: SigningJwk | undefined;
  /** Why these two could not be read. */
  readonly identityFault: string | undefined;
  readonly configFile: string | undefined;
  /** What holds without a file, where there is none or where it is wrong. */
  readonly config: DeviceConfig;
  readonly configFault: string | undefined;
  readonly service: InstalledService | undefined;
  /** Of the agent that runs with this state. */
  readonly status: AgentStatus | undefined;
}

/** One thing that is looked at; it looks at nothing else, so that all can be done at once. */
export interface Check {
  readonly name: string;
  /** Ends within its time: `signal` is aborted then. */
  run(patient: Patient, signal: AbortSignal): Promise<Finding | readonly Finding[]>;
}
