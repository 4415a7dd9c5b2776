import { join } from 'node:path';
import type { CompressReport, EvaluationGap } from '@hamon/compress';
import type { Colours } from '../output.js';
import { table } from './table.js';
import { bytes } from './words.js';

type Selection = CompressReport['selection'];

/** What the table does not show and a reader should know. */
export interface CompressRemarks {
  readonly gap: EvaluationGap | undefined;
  /** Variants that turned out to hold no layer in integers. */
  readonly allFloat: readonly string[];
}

/** The result of `hamon compress` for a person: what each variant costs and gives, and which one this machine should run. */
export function compressText(
  colours: Colours,
  report: CompressReport,
  { gap, allFloat }: CompressRemarks,
  out: string,
): string {
  const [original] = report.variants;
  const labelled = report.variants.some(({ evaluation }) => headlineOf(evaluation) !== undefined);
  const metric = original?.evaluation?.quality?.metric ?? 'accuracy';
  const balanced = report.variants.some(({ evaluation }) => evaluation?.balancedAccuracy !== undefined);
  const unlabelled = report.variants.some((variant) => errorOf(variant) !== undefined);
  const compared = report.variants.some(({ evaluation }) => evaluation?.agreement !== undefined);
  const head = [
    'VARIANT',
    'SIZE',
    'OF FP32',
    ...(labelled ? [title(metric)] : []),
    ...(balanced ? ['BALANCED'] : []),
    ...(compared ? ['AGREEMENT'] : []),
    ...(unlabelled ? ['OUTPUT ERROR'] : []),
    'P50',
    'OF FP32',
    'P95',
    'MEMORY',
    'MACS',
  ];
  const rows = report.variants.map((variant) => {
    const { name, evaluation, latency, rssMb, macs } = variant;
    const { p50Ms, p95Ms, ratio } = latency.oneThread;
    const chosen = report.selection.kind === 'chosen' && report.selection.variant === name;
    return [
      chosen ? colours.green(`${name} *`) : name,
      bytes(variant.bytes),
      times(variant.bytes / (original?.bytes ?? NaN)),
      ...(labelled ? [points(headlineOf(evaluation))] : []),
      ...(balanced ? [points(evaluation?.balancedAccuracy)] : []),
      ...(compared ? [points(evaluation?.agreement)] : []),
      ...(unlabelled ? [errorText(errorOf(variant))] : []),
      `${p50Ms.toFixed(3)} ms`,
      times(ratio),
      `${p95Ms.toFixed(3)} ms`,
      `${rssMb.toFixed(0)} MB`,
      macs === undefined ? '-' : `${(macs / 1e6).toFixed(2)} M`,
    ];
  });
  const lines = [
    table(colours, head, rows),
    '',
    selectionText(report.selection, report.machine.hardwareClass),
    ...(gap === undefined ? [] : [colours.yellow(gapText(gap))]),
    ...allFloat.map((name) => colours.yellow(allFloatText(name))),
    ...compiledTexts(report, out),
    `Report: ${join(out, 'report.html')}`,
  ];
  return lines.join('\n');
}

function selectionText(selection: Selection, hardwareClass: string): string {
  const left =
    selection.rejected.length === 0
      ? ''
      : `\nLeft out by the constraints: ${selection.rejected.map(rejectionText).join('; ')}`;
  switch (selection.kind) {
    case 'chosen':
      return `* the variant for this machine (${hardwareClass})${left}`;
    case 'unmeasured':
      return `Nothing measured on ${hardwareClass} qualifies; ${selection.variant} is left.${left}`;
    case 'none':
      return `No variant holds the constraints on ${hardwareClass}.${left}`;
  }
}

const gapText = ({ variant, metric, lost, limit }: EvaluationGap): string =>
  `On the evaluation images ${variant} loses ${short(lost * 100)} points of ${metric}, more than the ${short(limit * 100)} allowed; the calibration images kept for judging, which decide, showed less.`;

const allFloatText = (name: string): string =>
  `${name} holds no layer in integers: the accuracy floor left all of them float.`;

function compiledTexts({ compiled = [] }: CompressReport, out: string): readonly string[] {
  const dropped = compiled.filter(({ file }) => file === undefined).map(({ variant }) => variant);
  return [
    ...compiled.flatMap(({ variant, file, latencyRatio, loadRatio }) =>
      file === undefined
        ? []
        : `Compiled for this machine: ${variant} runs in ${times(latencyRatio)} and loads in ${times(loadRatio)} of its time: ${join(out, file)}`,
    ),
    ...(dropped.length === 0 ? [] : [`Compiling does not pay here for ${dropped.join(', ')}`]),
  ];
}

function rejectionText({ variant, breaches }: Selection['rejected'][number]): string {
  const why = breaches.map((breach) => {
    if (breach.constraint === 'fitness') return `unfit: ${breach.reason}`;
    const { constraint, limit, actual } = breach;
    return actual === undefined
      ? `nothing proves ${constraint} ${limit}`
      : `${constraint} ${limit}, is ${short(actual)}`;
  });
  return `${variant} (${why.join(', ')})`;
}

type Evaluation = CompressReport['variants'][number]['evaluation'];

/** The task's own figure: accuracy, mAP50 … */
const headlineOf = (evaluation: Evaluation): number | undefined =>
  evaluation?.quality?.value ?? evaluation?.accuracy;

/** Words are shouted like other titles; the field's own names are written as everybody writes them. */
const title = (metric: string): string => (/^[a-z]+$/.test(metric) ? metric.toUpperCase() : metric);

/** How far the outputs of a model without labels are from the original's. */
const errorOf = ({ calibration, synthetic }: CompressReport['variants'][number]): number | undefined =>
  (calibration ?? synthetic)?.outputError;

const errorText = (error: number | undefined): string =>
  error === undefined ? '-' : error === 0 ? '0' : error.toExponential(1);
const short = (value: number): string => String(Number(value.toPrecision(3)));
const times = (ratio: number): string => `${ratio.toFixed(2)} ×`;
const points = (share: number | undefined): string =>
  share === undefined ? '-' : `${(share * 100).toFixed(1)} %`;
