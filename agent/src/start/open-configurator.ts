import { ConfigInbox } from '../configuration/config-inbox.js';
import { Configurator } from '../configuration/configurator.js';
import type { ControlLink } from '../control-link.js';
import type { DataPlane } from '../data-plane.js';
import type { Device } from './make-device.js';
import type { StateFolder } from './open-state-folder.js';

/** Takes configurations from the centre; idle until it is started. */
export function openConfigurator(
  device: Device,
  { configuration }: StateFolder,
  link: ControlLink,
  data: DataPlane,
): Configurator {
  const { identity, tell, now, log, machine } = device;
  const { fleet, device: id, manifestKey } = identity;
  const changed = (): void => link.reporter.changed();
  const inbox = new ConfigInbox({
    ...{ fleet, device: id, manifestKey, configuration, now },
    onAccepted: () => configurator.accepted(),
    onRefused: () => {
      tell('config-rejected', { detail: (configuration.report()?.reason?.detail ?? '').slice(0, 500) });
      changed();
    },
    onRejected: (detail) => tell('config-rejected', { detail: detail.slice(0, 500) }),
  });
  const configurator = new Configurator(
    { configuration, data, machine, tell, now, log, onChanged: changed },
    inbox,
  );
  link.listen(configurator);
  return configurator;
}
