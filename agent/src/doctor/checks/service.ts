import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { promisify } from 'node:util';
import { UNIT_NAME } from '../../service/install-plan.js';
import type { Check } from '../check.js';
import { fail, ok, skip, warn, type Finding } from '../finding.js';

/** sd_booted(3). */
const BOOTED = '/run/systemd/system';
const PROPERTIES = ['ActiveState', 'SubState', 'Result', 'NRestarts', 'UnitFileState'];

export const service: Check = {
  name: 'service',
  run: async ({ service: installed, identity }) => {
    if (!existsSync(BOOTED)) return skip('systemd does not run this machine');
    if (!installed) {
      return warn(
        'none is installed: nothing starts the agent after a power cut',
        'sudo hamon-agent install-service',
      );
    }
    const { stdout } = await promisify(execFile)('systemctl', [
      'show',
      UNIT_NAME,
      '-p',
      PROPERTIES.join(','),
    ]);
    return judgeService(
      new Map(stdout.split('\n').map((line) => line.split(/=(.*)/s).slice(0, 2) as [string, string])),
      {
        enrolled: identity !== undefined,
      },
    );
  },
};

/** @param shown what `systemctl show` says */
export function judgeService(
  shown: ReadonlyMap<string, string>,
  { enrolled }: { enrolled: boolean },
): Finding {
  const state = shown.get('ActiveState') ?? 'unknown';
  const restarts = Number(shown.get('NRestarts') ?? 0);
  const log = `journalctl -u ${UNIT_NAME} -n 50 --no-pager`;
  if (state !== 'active') {
    if (!enrolled)
      return warn('installed; it starts once the device is enrolled', `sudo systemctl start ${UNIT_NAME}`);
    const why = shown.get('Result') ?? 'unknown';
    return fail(`installed, and not running: ${state} (${shown.get('SubState') ?? '?'}), ${why}`, log);
  }
  if (shown.get('UnitFileState') !== 'enabled') {
    return warn('runs, and will not after a restart of the machine', `sudo systemctl enable ${UNIT_NAME}`);
  }
  return restarts > 0
    ? warn(`runs, after ${restarts} ${restarts === 1 ? 'restart' : 'restarts'} by systemd`, log)
    : ok('runs, and after a restart of the machine too');
}
