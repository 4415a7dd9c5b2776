import type { BenchmarkView, DeviceEvent, DeviceView, RunningVersion } from '@hamon/contracts';
import type { Colours } from '../output.js';
import { benchmarkLine } from './benchmark-view.js';
import { eventLine } from './device-events-view.js';
import { stateText } from './state-text.js';
import { cell, fields, table } from './table.js';
import { ago, countOf, labelText, localTime } from './words.js';

export function devicesText(colours: Colours, devices: readonly DeviceView[]): string {
  const rows = devices.map((device) => [
    cell(device.id),
    standingText(colours, device),
    running(device.current),
    sameVersion(device.current, device.desired) ? colours.dim('same') : running(device.desired),
    device.deployment ? deploymentText(colours, device.deployment) : '-',
    cell(labelText(device.labels)),
  ]);
  return table(colours, ['DEVICE', 'HEALTH', 'RUNS', 'SHALL RUN', 'DEPLOYMENT', 'LABELS'], rows);
}

export function deviceText(
  colours: Colours,
  device: DeviceView,
  {
    benchmark,
    events = [],
  }: { readonly benchmark?: BenchmarkView | null; readonly events?: readonly DeviceEvent[] } = {},
): string {
  const { facts, deployment, rejection } = device;
  const pairs: [string, string][] = [
    ['device', colours.bold(cell(device.id))],
    ...retiredPair(colours, device),
    ['online', onlineText(colours, device)],
    ['health', healthLine(colours, device)],
    ['runs', running(device.current)],
    ['shall run', running(device.desired)],
    ['labels', cell(labelText(device.labels))],
    [
      'hardware',
      cell(`${facts.platform} ${facts.arch}, ${countOf(facts.cores, 'core')}, ${facts.memoryMb} MB`),
    ],
    ['class', cell(device.hardwareClass)],
    ['runtime', cell(`agent ${facts.agent}, node ${facts.node}, onnxruntime ${facts.onnxruntime}`)],
    ['enrolled', `${ago(device.enrolledAt)}, by token ${device.enrolmentToken}`],
    ...replacedPair(device),
  ];
  if (facts.accelerators.length > 0) pairs.push(['accelerators', cell(facts.accelerators.join(', '))]);
  if (deployment) {
    pairs.push(['deployment', `${running(deployment.version)} ${deploymentText(colours, deployment)}`]);
    if (deployment.reason)
      pairs.push(['reason', `${cell(deployment.reason.code)}: ${cell(deployment.reason.detail)}`]);
  }
  if (rejection) pairs.push(['rejected', colours.red(`${cell(rejection.code)}: ${cell(rejection.detail)}`)]);
  pairs.push(...keyPair(colours, device));
  if (benchmark) pairs.push(['benchmark', benchmarkLine(colours, benchmark)]);
  const shown = fields(colours, pairs);
  if (events.length === 0) return shown;
  return `${shown}\n\n${colours.dim('newest events')}\n${events.map((event) => eventLine(colours, event)).join('\n')}`;
}

function deploymentText(colours: Colours, deployment: NonNullable<DeviceView['deployment']>): string {
  const { state, chunks, reason } = deployment;
  const progress = state === 'downloading' && chunks.total > 0 ? ` ${chunks.have}/${chunks.total}` : '';
  return `${stateText(colours, state)}${progress}${reason ? ` ${cell(reason.code)}` : ''}`;
}

/** In a list: the word, and what is behind it. */
function healthText(colours: Colours, device: DeviceView): string {
  const { word, code } = device.health;
  if (word === 'offline') {
    const { lastSeenAt } = device;
    return colours.yellow(lastSeenAt === null ? 'never online' : `offline, ${ago(lastSeenAt)}`);
  }
  return HEALTH_COLOURS[word](colours)(word === 'ok' ? word : `${word}: ${cell(code)}`);
}

function healthLine(colours: Colours, { health: { word, reason, since } }: DeviceView): string {
  const why = reason === '' ? '' : `: ${cell(reason.replace(/[\r\n\t]+/g, ' '))}`;
  const begun = word === 'ok' || since === null ? '' : ` (since ${localTime(since)})`;
  return `${HEALTH_COLOURS[word](colours)(word)}${why}${begun}`;
}

const HEALTH_COLOURS: Readonly<
  Record<DeviceView['health']['word'], (colours: Colours) => (text: string) => string>
> = {
  ok: ({ green }) => green,
  idle: ({ dim }) => dim,
  degraded: ({ yellow }) => yellow,
  failing: ({ red }) => red,
  offline: ({ yellow }) => yellow,
};

const onlineText = (colours: Colours, { online, lastSeenAt }: DeviceView): string =>
  online ? colours.green('yes') : colours.yellow(lastSeenAt === null ? 'never' : `no, ${ago(lastSeenAt)}`);

const standingText = (colours: Colours, device: DeviceView): string =>
  device.retired ? colours.dim('retired') : healthText(colours, device);

const retiredPair = (colours: Colours, { retired }: DeviceView): [string, string][] =>
  retired ? [['retired', colours.red(`${localTime(retired.at)}: ${cell(retired.why)}`)]] : [];

/** A control plane of an earlier release says nothing of keys. */
function keyPair(
  colours: Colours,
  { pinnedKeyId, serverKeyId }: Partial<Pick<DeviceView, 'pinnedKeyId' | 'serverKeyId'>>,
): [string, string][] {
  if (!pinnedKeyId || !serverKeyId) return [];
  const isOther = pinnedKeyId !== serverKeyId;
  const text = isOther
    ? colours.red(`${cell(pinnedKeyId)}, which is not the control plane's: ${cell(serverKeyId)}`)
    : cell(pinnedKeyId);
  return [['manifest key', text]];
}

const replacedPair = ({ replacedAt }: DeviceView): [string, string][] =>
  replacedAt === null ? [] : [['hardware since', localTime(replacedAt)]];

const running = (version: RunningVersion | null): string =>
  version ? cell(`${version.model}@${version.version} ${version.variant}`) : '-';

const sameVersion = (a: RunningVersion | null, b: RunningVersion | null): boolean =>
  a !== null && b !== null && a.bundle === b.bundle;
