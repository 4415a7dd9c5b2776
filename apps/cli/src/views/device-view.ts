import type { BenchmarkView, DeviceView, RunningVersion } from '@hamon/contracts';
import type { Colours } from '../output.js';
import { benchmarkLine } from './benchmark-view.js';
import { stateText } from './state-text.js';
import { cell, fields, table } from './table.js';
import { ago, countOf, labelText } from './words.js';

export function devicesText(colours: Colours, devices: readonly DeviceView[], selected: boolean): string {
  if (devices.length === 0) {
    return selected
      ? 'No device matches.'
      : 'No devices yet. Let one in with: hamon enrol-token create --uses 1 --ttl 24h';
  }
  const rows = devices.map((device) => [
    cell(device.id),
    onlineText(colours, device),
    running(device.current),
    sameVersion(device.current, device.desired) ? colours.dim('same') : running(device.desired),
    device.deployment ? deploymentText(colours, device.deployment) : '-',
    cell(labelText(device.labels)),
  ]);
  const online = devices.filter(({ online }) => online).length;
  return (
    table(colours, ['DEVICE', 'ONLINE', 'RUNS', 'SHALL RUN', 'DEPLOYMENT', 'LABELS'], rows) +
    `\n\n${countOf(devices.length, 'device')}, ${online} online`
  );
}

export function deviceText(
  colours: Colours,
  device: DeviceView,
  benchmark: BenchmarkView | null = null,
): string {
  const { facts, deployment, rejection } = device;
  const pairs: [string, string][] = [
    ['device', colours.bold(cell(device.id))],
    ['online', onlineText(colours, device)],
    ['runs', running(device.current)],
    ['shall run', running(device.desired)],
    ['labels', cell(labelText(device.labels))],
    [
      'hardware',
      cell(`${facts.platform} ${facts.arch}, ${countOf(facts.cores, 'core')}, ${facts.memoryMb} MB`),
    ],
    ['class', cell(device.hardwareClass)],
    ['runtime', cell(`agent ${facts.agent}, node ${facts.node}, onnxruntime ${facts.onnxruntime}`)],
    ['enrolled', ago(device.enrolledAt)],
  ];
  if (facts.accelerators.length > 0) pairs.push(['accelerators', cell(facts.accelerators.join(', '))]);
  if (deployment) {
    pairs.push(['deployment', `${running(deployment.version)} ${deploymentText(colours, deployment)}`]);
    if (deployment.reason)
      pairs.push(['reason', `${cell(deployment.reason.code)}: ${cell(deployment.reason.detail)}`]);
  }
  if (rejection) pairs.push(['rejected', colours.red(`${cell(rejection.code)}: ${cell(rejection.detail)}`)]);
  if (benchmark) pairs.push(['benchmark', benchmarkLine(colours, benchmark)]);
  return fields(colours, pairs);
}

function deploymentText(colours: Colours, deployment: NonNullable<DeviceView['deployment']>): string {
  const { state, chunks, reason } = deployment;
  const progress = state === 'downloading' && chunks.total > 0 ? ` ${chunks.have}/${chunks.total}` : '';
  return `${stateText(colours, state)}${progress}${reason ? ` ${cell(reason.code)}` : ''}`;
}

const onlineText = (colours: Colours, { online, lastSeenAt }: DeviceView): string =>
  online ? colours.green('yes') : colours.yellow(lastSeenAt === null ? 'never' : `no, ${ago(lastSeenAt)}`);

const running = (version: RunningVersion | null): string =>
  version ? cell(`${version.model}@${version.version} ${version.variant}`) : '-';

const sameVersion = (a: RunningVersion | null, b: RunningVersion | null): boolean =>
  a !== null && b !== null && a.bundle === b.bundle;
