import type { ReportedState, TelemetryWindow } from '@hamon/contracts';
import { modelReport, type ModelState } from './model-state.js';

/** The report of an agent of the former release, which runs one model. */
export function formerReport(
  { models: _, floor: __, maxModels: ___, rejected: ____, ...report }: ReportedState,
  state: ModelState,
): object {
  const { model: _____, ...own } = modelReport('', state);
  return { ...report, ...own, schema: 'hamon.reported/1', roomForTwo: true };
}

/** The window of an agent of the former release. */
export function formerWindow({
  summary,
  shadow,
  stream: _,
  threshold: __,
  ...window
}: TelemetryWindow): object {
  if (summary.kind !== 'classification/1') throw new Error('the former release knows classification alone');
  const { comparison, ...other } = shadow ?? {};
  const paired = comparison?.kind === 'classification/1' ? comparison.table : undefined;
  return {
    ...window,
    schema: 'hamon.window/1',
    labels: summary.labels,
    confidence: summary.confidence,
    ...(shadow && { shadow: { ...other, ...(paired && { paired }) } }),
  };
}
