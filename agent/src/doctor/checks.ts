import type { Check } from './check.js';
import { agentProcess } from './checks/agent-process.js';
import { broker } from './checks/broker.js';
import { clock } from './checks/clock.js';
import { configuration } from './checks/configuration.js';
import { enrolment } from './checks/enrolment.js';
import { ffmpeg } from './checks/ffmpeg.js';
import { memory } from './checks/memory.js';
import { nodeVersion } from './checks/node-version.js';
import { packages } from './checks/packages.js';
import { plant } from './checks/plant.js';
import { runtime } from './checks/runtime.js';
import { secrets } from './checks/secrets.js';
import { server } from './checks/server.js';
import { service } from './checks/service.js';
import { sources } from './checks/sources.js';
import { stateFolder } from './checks/state-folder.js';
import { temperature } from './checks/temperature.js';

/** In the order in which they are shown: the machine, the device, its fleet, its cameras, the plant. */
export const CHECKS: readonly Check[] = [
  ...[nodeVersion, runtime, memory, temperature, stateFolder],
  ...[enrolment, configuration, secrets, service, agentProcess],
  ...[server, clock, broker],
  ...[ffmpeg, packages, sources, plant],
];
