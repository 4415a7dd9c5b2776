import type { DeviceModelView, DeviceView, RunningVersion } from '@hamon/contracts';
import type { Colours } from '../output.js';
import { stateText } from './state-text.js';
import { cell, table } from './table.js';

/** A control plane of an earlier release knows one model a device. */
export function modelsOf({
  models,
  ...device
}: Omit<DeviceView, 'models'> & Partial<Pick<DeviceView, 'models'>>): readonly DeviceModelView[] {
  if (models) return models;
  const { current, desired, deployment, rejection } = device;
  const model = current?.model ?? desired?.model;
  if (model === undefined) return [];
  return [{ model, current, previous: null, candidate: null, desired, deployment, rejection }];
}

export const running = (version: RunningVersion | null): string =>
  version ? cell(`${version.model}@${version.version} ${version.variant}`) : '-';

/** What all of a device's models run, for one cell of a list. */
export const runningText = (models: readonly DeviceModelView[]): string =>
  models.flatMap(({ current }) => (current ? [running(current)] : [])).join(', ') || '-';

/** What they shall run that they do not. */
export function desiredText(colours: Colours, models: readonly DeviceModelView[]): string {
  const wanted = models.filter(({ desired }) => desired !== null);
  if (wanted.length === 0) return '-';
  const other = wanted.filter((model) => !runsDesired(model));
  return other.length === 0 ? colours.dim('same') : other.map(({ desired }) => running(desired)).join(', ');
}

/** The deployments of all its models; where there are several models, of those that are under way or gave up, named. */
export function deploymentsText(colours: Colours, models: readonly DeviceModelView[]): string {
  const [only] = models;
  if (models.length === 1 && only) return only.deployment ? deploymentText(colours, only.deployment) : '-';
  const told = models.flatMap(({ model, deployment }) =>
    deployment && deployment.state !== 'committed'
      ? [`${cell(model)} ${deploymentText(colours, deployment)}`]
      : [],
  );
  if (told.length > 0) return told.join(', ');
  return models.some(({ deployment }) => deployment) ? stateText(colours, 'committed') : '-';
}

export function deploymentText(
  colours: Colours,
  { state, chunks, reason }: NonNullable<DeviceView['deployment']>,
): string {
  const progress = state === 'downloading' && chunks.total > 0 ? ` ${chunks.have}/${chunks.total}` : '';
  return `${stateText(colours, state)}${progress}${reason ? ` ${cell(reason.code)}` : ''}`;
}

/** One line a model; below it what is wrong with it. */
export function modelsTable(colours: Colours, models: readonly DeviceModelView[]): string {
  const rows = models.map((one) => [
    cell(one.model),
    `${versionText(one.current)}${providerText(one)}`,
    runsDesired(one) ? colours.dim('same') : versionText(one.desired),
    one.deployment ? deploymentText(colours, one.deployment) : '-',
    one.rejection
      ? colours.red(`manifest rejected: ${cell(one.rejection.code)}: ${cell(one.rejection.detail)}`)
      : cell(one.deployment?.reason?.detail),
  ]);
  return table(colours, ['MODEL', 'RUNS', 'SHALL RUN', 'DEPLOYMENT', 'REASON'], rows);
}

const versionText = (version: RunningVersion | null): string =>
  version ? cell(`${version.version} ${version.variant}`) : '-';

/** Where the device's configuration asks for something else than the processor. */
export const providerText = ({ current, executionProvider }: DeviceModelView): string =>
  current && executionProvider !== undefined ? ` on ${cell(executionProvider)}` : '';

const runsDesired = ({ current, desired }: DeviceModelView): boolean =>
  current !== null && desired !== null && current.bundle === desired.bundle;
