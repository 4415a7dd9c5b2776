import { DataPlane } from '../data-plane.js';
import type { ControlLink } from '../control-link.js';
import { ModelProcesses } from '../runner/model-processes.js';
import type { Device } from './make-device.js';
import type { StateFolder } from './open-state-folder.js';
import type { Releases } from './releases.js';

/** From the frames' sources to their answers; idle until it is started. */
export function openDataPlane(
  device: Device,
  { outbox }: StateFolder,
  link: ControlLink,
  releases: Releases,
): DataPlane {
  const { identity, conditions, tokens } = device;
  const data = new DataPlane({
    ...device,
    ...{ fleet: identity.fleet, device: identity.device, outbox },
    publisher: link.connection,
    apiToken: () => tokens.forApi(),
    tellCondition: conditions.tell,
    conditions: () => conditions.list(),
    onWindow: () => {
      link.reporter.changed();
      link.send();
    },
  });
  releases.add(() => data.stop());
  return data;
}

/** None runs yet: the runner loads what the slots name. */
export function openProcesses(
  { config, notices }: Device,
  { bundles }: StateFolder,
  { router }: DataPlane,
  releases: Releases,
): ModelProcesses {
  const processes = new ModelProcesses({
    ...{ bundles, router },
    loadTimeoutMs: config.limits.loadTimeoutSeconds * 1000,
    onCrash: notices.processEnded.emit,
  });
  releases.add(() => processes.stop());
  return processes;
}
