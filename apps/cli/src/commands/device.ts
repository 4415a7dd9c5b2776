import { type DeviceLabels, DeviceView } from '@hamon/contracts';
import type { Command } from 'commander';
import { contextOf } from '../context.js';
import { UsageError } from '../exit.js';
import { ago, coloured, table } from '../output.js';
import { parseLabels } from '../labels.js';

const labelsText = (labels: DeviceLabels): string =>
  Object.entries(labels)
    .map(([key, value]) => `${key}=${value}`)
    .join(' ') || '-';

const runs = (version: DeviceView['current']): string =>
  version ? `${version.model}@${version.version}` : '-';

/** The one thing to know about a device: what it refused, or how far it is. */
function stateText(device: DeviceView): string {
  if (device.rejection) return coloured('refused') + ` ${device.rejection.code}`;
  if (!device.deployment) return '-';
  const { state, reason } = device.deployment;
  return coloured(state) + (reason ? ` ${reason.code}` : '');
}

export function addDeviceCommands(program: Command): void {
  const device = program.command('device').description('enrolled devices');

  device
    .command('ls')
    .option('--where <expr>', 'for example: site=osaka,line in (a,b),arch=arm64', '')
    .description('list devices: what runs where')
    .action(async (options: { where: string }, command: Command) => {
      const { api, output } = await contextOf(command);
      const devices = await api.list(
        '/v1/devices',
        DeviceView,
        options.where ? { where: options.where } : {},
      );
      output.result({ schema: 'hamon.devices/1', items: devices }, () =>
        table(
          ['DEVICE', 'ONLINE', 'RUNS', 'SHALL RUN', 'DEPLOYMENT', 'SEEN', 'LABELS'],
          devices.map((one) => [
            one.id,
            one.online ? 'yes' : 'no',
            runs(one.current),
            runs(one.desired),
            stateText(one),
            ago(one.lastSeenAt),
            labelsText(one.labels),
          ]),
        ),
      );
    });

  device
    .command('show')
    .argument('<id>')
    .description('show one device')
    .action(async (id: string, _options: unknown, command: Command) => {
      const { api, output } = await contextOf(command);
      const one = await api.get(`/v1/devices/${encodeURIComponent(id)}`, DeviceView);
      output.result({ schema: 'hamon.device/1', ...one }, () => showDevice(one));
    });

  device
    .command('label')
    .argument('<id>')
    .argument('<labels...>', 'k=v sets, k= removes')
    .description('set or remove labels')
    .action(async (id: string, labels: string[], _options: unknown, command: Command) => {
      const changes = parseLabels(labels);
      if (Object.keys(changes).length === 0) throw new UsageError('give at least one label as k=v');
      const { api, output } = await contextOf(command);
      const one = await api.patch(`/v1/devices/${encodeURIComponent(id)}`, { labels: changes }, DeviceView);
      output.result({ schema: 'hamon.device/1', ...one }, () => `${one.id}: ${labelsText(one.labels)}`);
    });
}

function showDevice(device: DeviceView): string {
  const { facts, deployment, rejection } = device;
  const lines = [
    `${device.id}  ${device.online ? 'online' : 'offline'}, seen ${ago(device.lastSeenAt)}`,
    `labels      ${labelsText(device.labels)}`,
    `hardware    ${facts.arch}, ${facts.cores} cores, ${facts.memoryMb} MB, ${facts.platform}`,
    `software    agent ${facts.agent}, Node.js ${facts.node}, onnxruntime ${facts.onnxruntime}`,
    `enrolled    ${device.enrolledAt}`,
    `runs        ${runs(device.current)}`,
    `shall run   ${runs(device.desired)}`,
    `deployment  ${stateText(device)}`,
  ];
  if (deployment?.reason) lines.push(`reason      ${deployment.reason.detail}`);
  if (rejection) lines.push(`rejected    ${rejection.detail}`);
  return lines.join('\n');
}
