import {
  CONFIG_ASSIGNMENT_STATES,
  type ConfigAssignmentState,
  type ConfigChange,
  type ConfigDeviceView,
  type ConfigReason,
  type DeviceConfigPlan,
  type DeviceConfigurationView,
  type DeviceConfigView,
  type PushedConfigView,
} from '@hamon/contracts';
import type { Colours } from '../output.js';
import { cell, table } from './table.js';
import { ago, countOf } from './words.js';

/** Changes that are shown of one device. */
const MOST_CHANGES = 20;
const MOST_CHARACTERS = 60;

/** `version 4: 3 applied, 1 trial`. */
export function countsText({ version, devices }: DeviceConfigView): string {
  const counts = CONFIG_ASSIGNMENT_STATES.flatMap((state) =>
    devices[state] === undefined ? [] : [`${devices[state]} ${state}`],
  );
  return `version ${version}: ${counts.join(', ')}`;
}

export const pushedText = (colours: Colours, pushed: PushedConfigView): string =>
  `Version ${pushed.version} goes to ${countOf(pushed.devices.assigned ?? 0, 'device')}${
    pushed.config === null ? ', whose own files alone count from then on' : ''
  }.\n${colours.dim(`See how it goes with: hamon device show ID`)}`;

export function configPlanText(colours: Colours, { devices, unable }: DeviceConfigPlan): string {
  const blocks = devices.map(({ device, version, changes }) => {
    const from = version === null ? 'nothing was sent to it before' : `against version ${version}`;
    const shown = changes.slice(0, MOST_CHANGES).map((change) => `  ${changeText(colours, change)}`);
    const more = changes.length - shown.length;
    return [
      `${colours.bold(cell(device))} ${colours.dim(`(${from})`)}`,
      ...(changes.length === 0 ? ['  nothing changes'] : shown),
      ...(more > 0 ? [`  and ${more} more`] : []),
    ].join('\n');
  });
  const left = unable.map(({ device, why }) => colours.yellow(`Not sent to ${cell(device)}: ${cell(why)}`));
  return [...blocks, ...left].join('\n');
}

function changeText(colours: Colours, { field, before, after }: ConfigChange): string {
  const name = cell(field);
  if (before === null) return colours.green(`+ ${name} ${valueText(after)}`);
  if (after === null) return colours.red(`- ${name} ${valueText(before)}`);
  return colours.yellow(`~ ${name} ${valueText(before)} → ${valueText(after)}`);
}

function valueText(value: unknown): string {
  const text = cell(JSON.stringify(value));
  return text.length > MOST_CHARACTERS ? `${text.slice(0, MOST_CHARACTERS)}…` : text;
}

export const configDevicesText = (colours: Colours, devices: readonly ConfigDeviceView[]): string =>
  table(
    colours,
    ['DEVICE', 'STATE', 'WHY'],
    devices.map(({ device, state, reason }) => [
      cell(device),
      STATE_COLOURS[state](colours)(state),
      reason ? cell(reasonText(reason)) : '-',
    ]),
  );

/** Of one device: what it is to use, and what it says of it. */
export function configurationPairs(
  colours: Colours,
  { desired, reported }: DeviceConfigurationView,
): [string, string][] {
  if (!desired && !reported) return [];
  const pairs: [string, string][] = [];
  if (desired) {
    const what =
      desired.config === null
        ? `version ${desired.version}, its own file alone`
        : `version ${desired.version}`;
    const state = STATE_COLOURS[desired.state](colours)(desired.state);
    pairs.push(['configuration', `${what} ${state}, sent ${ago(desired.assignedAt)}`]);
    if (desired.reason) pairs.push(['reason', colours.red(cell(reasonText(desired.reason)))]);
  } else if (reported) {
    pairs.push(['configuration', `${reported.state}; it was not sent from here`]);
  }
  const { ignored = [], needsRestart = [] } = reported ?? {};
  if (ignored.length > 0) pairs.push(['keeps its own', cell(ignored.join(', '))]);
  if (needsRestart.length > 0) {
    pairs.push(['after a restart', colours.yellow(cell(needsRestart.join(', ')))]);
  }
  return pairs;
}

const reasonText = ({ code, detail }: ConfigReason): string => `${code}: ${detail}`;

const STATE_COLOURS: Readonly<Record<ConfigAssignmentState, (colours: Colours) => (text: string) => string>> =
  {
    assigned: ({ dim }) => dim,
    trial: ({ yellow }) => yellow,
    applied: ({ green }) => green,
    reverted: ({ red }) => red,
    rejected: ({ red }) => red,
    superseded: ({ dim }) => dim,
    withdrawn: ({ dim }) => dim,
  };
