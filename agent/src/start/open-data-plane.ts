import { answeringModels, earliestModel } from '../core/device-state.js';
import { Secrets } from '../adapters/secrets.js';
import { DataPlane } from '../data-plane.js';
import type { ControlLink } from '../control-link.js';
import type { Device } from './make-device.js';
import type { StateFolder } from './open-state-folder.js';
import type { Releases } from './releases.js';

/** From the frames' sources to their answers; idle until it is started. */
export function openDataPlane(
  device: Device,
  { outbox, paths }: StateFolder,
  link: ControlLink,
  releases: Releases,
): DataPlane {
  const { identity, conditions, tokens, keeper } = device;
  const data = new DataPlane({
    ...device,
    ...{ fleet: identity.fleet, device: identity.device, outbox },
    ...{ stateFolder: paths.folder, secrets: new Secrets(paths.folder) },
    publisher: link.connection,
    apiToken: () => tokens.forApi(),
    tellCondition: conditions.tell,
    conditions: () => conditions.list(),
    modelOf: () => earliestModel(keeper.state),
    isOffered: (model) => answeringModels(keeper.state).includes(model),
    onWindow: () => {
      link.reporter.changed();
      link.send();
    },
  });
  device.streams.show(() => data.streamStatus);
  releases.add(() => data.stop());
  return data;
}
