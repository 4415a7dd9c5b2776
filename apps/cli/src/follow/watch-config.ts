import { ConfigDeviceView, DeviceConfigView, type ConfigAssignmentState } from '@hamon/contracts';
import { EXIT, type ExitCode } from '../exit-code.js';
import type { Session } from '../session.js';
import { configDevicesText, countsText } from '../views/config-view.js';
import { onScreen } from './on-screen.js';
import { pollToEnd } from './poll-to-end.js';

const UNDER_WAY: readonly ConfigAssignmentState[] = ['assigned', 'trial'];
/** Shown of those that did not take it; the list has all. */
const MOST_SHOWN = 20;

/** Shows how many devices are how far until all have said what became of it; answers the exit code for that. */
export async function watchConfig({ api, output }: Session, id: string): Promise<ExitCode> {
  const followed = {
    ask: () => api.call('GET /v1/device-configs/{id}', DeviceConfigView, { params: { id } }),
    hasEnded: ({ devices }: DeviceConfigView) => UNDER_WAY.every((state) => devices[state] === undefined),
  };
  const looks = { drawn: countsText, line: countsText };
  const view = await onScreen(output, looks, (screen) => pollToEnd(api, followed, screen));
  const others = await api.list('GET /v1/device-configs/{id}/devices', ConfigDeviceView, {
    params: { id },
    query: { where: 'state notin (applied)' },
    most: MOST_SHOWN,
  });
  output.answer('device-config-sent', { ...view, others }, () =>
    [countsText(view), ...(others.length > 0 ? ['', configDevicesText(output.colours, others)] : [])].join(
      '\n',
    ),
  );
  const { reverted = 0, rejected = 0 } = view.devices;
  return reverted + rejected === 0 ? EXIT.done : EXIT.failed;
}
