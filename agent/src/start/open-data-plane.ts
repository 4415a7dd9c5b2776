import { answeringModels, earliestModel } from '../core/device-state.js';
import type { Secrets } from '../adapters/secrets.js';
import { AgentError } from '../agent-error.js';
import { DataPlane } from '../data-plane.js';
import type { ControlLink } from '../control-link.js';
import type { Device } from './make-device.js';
import type { StateFolder } from './open-state-folder.js';
import type { Releases } from './releases.js';

/** From the frames' sources to their answers; idle until it is started. */
export async function openDataPlane(
  device: Device,
  folder: StateFolder,
  link: ControlLink,
  secrets: Secrets,
  releases: Releases,
): Promise<DataPlane> {
  const { configuration } = folder;
  for (;;) {
    const { config } = configuration;
    try {
      const data = dataPlane({ ...device, config }, folder, link, secrets);
      device.streams.show(() => data.streamStatus);
      releases.add(() => data.stop());
      return data;
    } catch (cause) {
      // The device's own file is for the person who starts the agent.
      if (!(cause instanceof AgentError) || config === configuration.own) throw cause;
      await configuration.giveUp({ code: 'config-invalid', detail: cause.message.slice(0, 500) });
    }
  }
}

function dataPlane(
  device: Device,
  { outbox, paths }: StateFolder,
  link: ControlLink,
  secrets: Secrets,
): DataPlane {
  const { identity, conditions, tokens, keeper } = device;
  return new DataPlane({
    ...device,
    ...{ fleet: identity.fleet, device: identity.device, outbox },
    ...{ stateFolder: paths.folder, secrets },
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
}
