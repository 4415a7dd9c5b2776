import type { FleetPolicyView } from '@hamon/contracts';
import type { Colours } from '../output.js';
import { cell, fields, table } from './table.js';
import { bytes, countOf, localTime } from './words.js';

/** What the fleet allows, in words. */
export function policyText(colours: Colours, policy: FleetPolicyView): string {
  const { version, changedAt, changedBy, samples } = policy;
  return fields(colours, [
    ['version', version === 0 ? '0, nobody has changed it' : String(version)],
    ['changed', changedAt === null ? '-' : `${localTime(changedAt)} by ${cell(changedBy)}`],
    ['pictures', samples.upload ? colours.yellow('leave the devices') : 'stay on the devices'],
    ['of a device', `at most ${bytes(samples.maxBytesPerDeviceDay)} a day`],
    ['of the fleet', `at most ${bytes(samples.maxBytes)} are kept`],
    ['deleted', `${countOf(samples.retentionDays, 'day')} after they came`],
  ]);
}

export function policiesText(colours: Colours, policies: readonly FleetPolicyView[]): string {
  const rows = policies.map(({ version, changedAt, changedBy, samples }) => [
    String(version),
    changedAt === null ? '-' : localTime(changedAt),
    cell(changedBy),
    samples.upload ? colours.yellow('leave') : 'stay',
    countOf(samples.retentionDays, 'day'),
    bytes(samples.maxBytesPerDeviceDay),
    bytes(samples.maxBytes),
  ]);
  return table(
    colours,
    ['VERSION', 'CHANGED', 'BY', 'PICTURES', 'KEPT', 'PER DEVICE AND DAY', 'IN ALL'],
    rows,
  );
}
