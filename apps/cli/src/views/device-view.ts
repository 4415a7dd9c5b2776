import type {
  BenchmarkView,
  DeviceConfigurationView,
  DeviceEvent,
  DeviceModelView,
  DeviceView,
  TelemetryWindow,
} from '@hamon/contracts';
import type { Colours } from '../output.js';
import { benchmarkLine } from './benchmark-view.js';
import { configurationPairs } from './config-view.js';
import { eventLine } from './device-events-view.js';
import {
  deploymentsText,
  deploymentText,
  desiredText,
  modelsOf,
  modelsTable,
  providerText,
  running,
  runningText,
} from './device-models-text.js';
import { machineText } from './machine-text.js';
import { cell, fields, table } from './table.js';
import { ago, bytes, countOf, labelText, localTime, numberText } from './words.js';

export function devicesText(colours: Colours, devices: readonly DeviceView[]): string {
  const rows = devices.map((device) => [
    cell(device.id),
    standingText(colours, device),
    runningText(modelsOf(device)),
    desiredText(colours, modelsOf(device)),
    deploymentsText(colours, modelsOf(device)),
    cell(labelText(device.labels)),
  ]);
  return table(colours, ['DEVICE', 'HEALTH', 'RUNS', 'SHALL RUN', 'DEPLOYMENT', 'LABELS'], rows);
}

export function deviceText(
  colours: Colours,
  device: DeviceView,
  {
    configuration,
    benchmark,
    events = [],
    window,
  }: {
    readonly configuration?: DeviceConfigurationView | null;
    readonly benchmark?: BenchmarkView | null;
    readonly events?: readonly DeviceEvent[];
    /** The newest one. */
    readonly window?: TelemetryWindow | null;
  } = {},
): string {
  const { facts } = device;
  const models = modelsOf(device);
  const pairs: [string, string][] = [
    ['device', colours.bold(cell(device.id))],
    ...retiredPair(colours, device),
    ['online', onlineText(colours, device)],
    ['health', healthLine(colours, device)],
    ...(models.length > 1 ? [] : versionPairs(device, models[0])),
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
  if (window?.machine) pairs.push(['machine', machineText(window)]);
  if (models.length <= 1) pairs.push(...deploymentPairs(colours, device));
  pairs.push(...streamPairs(colours, device), ...samplePair(device), ...keyPair(colours, device));
  if (configuration) pairs.push(...configurationPairs(colours, configuration));
  if (benchmark) pairs.push(['benchmark', benchmarkLine(colours, benchmark)]);
  const several = models.length > 1 ? `\n\n${modelsTable(colours, models)}` : '';
  const shown = `${fields(colours, pairs)}${several}`;
  if (events.length === 0) return shown;
  return `${shown}\n\n${colours.dim('newest events')}\n${events.map((event) => eventLine(colours, event)).join('\n')}`;
}

const streamPairs = (colours: Colours, { streams }: DeviceView): [string, string][] =>
  streams.map(({ name, model, state, detail }) => {
    const how = state === undefined || state === 'running' ? '' : `, ${state}`;
    const why = detail === undefined ? '' : `: ${cell(detail.replace(/[\r\n\t]+/g, ' '))}`;
    const text = `${cell(name)} by ${model === null ? 'no model' : cell(model)}${how}${why}`;
    return ['stream', state === 'failing' ? colours.red(text) : text];
  });

const samplePair = ({ samples }: DeviceView): [string, string][] => {
  if (samples === null) return [];
  const waiting = samples.unsent > 0 ? `, ${numberText(samples.unsent)} of them not sent` : '';
  return [['pictures', `${numberText(samples.kept)} kept (${bytes(samples.bytes)})${waiting}`]];
};

const versionPairs = ({ current, desired }: DeviceView, model?: DeviceModelView): [string, string][] => [
  ['runs', `${running(current)}${model ? providerText(model) : ''}`],
  ['shall run', running(desired)],
];

function deploymentPairs(colours: Colours, { deployment, rejection }: DeviceView): [string, string][] {
  const pairs: [string, string][] = [];
  if (deployment) {
    pairs.push(['deployment', `${running(deployment.version)} ${deploymentText(colours, deployment)}`]);
    if (deployment.reason)
      pairs.push(['reason', `${cell(deployment.reason.code)}: ${cell(deployment.reason.detail)}`]);
  }
  if (rejection) pairs.push(['rejected', colours.red(`${cell(rejection.code)}: ${cell(rejection.detail)}`)]);
  return pairs;
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
