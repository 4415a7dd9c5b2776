import { basename } from 'node:path';
import type { CompressReport } from '../compress-report.js';
import type { Breach, Constraints } from '../../choose/constraints.js';
import { describeBreach } from '../../choose/describe-breach.js';
import { evaluationGapOf } from '../evaluation-gap.js';
import { escape } from './escape.js';
import type { QualityAxis } from './quality-axis.js';
import { pointsText, shortText, timesText } from './words.js';

/** What a reader wants to know first: which variant, and what it gives and costs. */
export function headline(report: CompressReport, quality: QualityAxis): string {
  const { model, provenance, machine, createdAt, variants, selection } = report;
  const title = model === undefined ? basename(provenance.input.file) : `${model.name} ${model.version}`;
  const [original] = variants;
  const chosen =
    selection.kind === 'chosen' ? variants.find(({ name }) => name === selection.variant) : undefined;
  const about = `${machine.cpu}, ${machine.facts.cores} cores (${machine.hardwareClass}), ${createdAt.slice(0, 16).replace('T', ' ')} UTC`;
  const facts =
    chosen === undefined || original === undefined
      ? []
      : chosen === original
        ? [fact(chosen.name, 'stays the one for this machine: nothing faster holds the constraints')]
        : [
            fact(chosen.name, 'the variant for this machine'),
            fact(timesText(chosen.bytes / original.bytes), 'the bytes of fp32'),
            fact(timesText(chosen.latency.oneThread.ratio), 'the latency of fp32'),
            ...qualityFact(quality.valueOf(chosen), quality.valueOf(original), quality),
          ];
  return `<header><h1>${escape(title)}</h1><p class="soft">${escape(about)}</p></header>
${chosen === undefined ? `<p>${escape(withoutChoice(selection))}</p>` : `<div class="facts">${facts.join('')}</div>`}
${gap(report)}${rejections(selection)}`;
}

const fact = (value: string, meaning: string): string =>
  `<div class="fact"><b>${escape(value)}</b><span>${escape(meaning)}</span></div>`;

function qualityFact(
  value: number | undefined,
  original: number | undefined,
  { text, title }: QualityAxis,
): readonly string[] {
  if (value === undefined || original === undefined) return [];
  return [fact(text(value), `${title} (fp32: ${text(original)})`)];
}

function withoutChoice(selection: CompressReport['selection']): string {
  return selection.kind === 'unmeasured'
    ? `Nothing that was measured qualifies; ${selection.variant} is left.`
    : 'No variant holds the constraints on this machine.';
}

function gap(report: CompressReport): string {
  const found = evaluationGapOf(report);
  if (found === undefined) return '';
  const { variant, metric, lost, limit } = found;
  return `<p class="warning">${escape(`On the evaluation images ${variant} loses ${pointsText(lost)} of ${metric}, where ${pointsText(limit)} may be lost. The calibration images kept for judging showed less, and they alone decide.`)}</p>`;
}

function rejections({ rejected }: CompressReport['selection']): string {
  if (rejected.length === 0) return '';
  const items = rejected.map(
    ({ variant, breaches }) => `<b>${escape(variant)}</b> (${escape(breaches.map(breachText).join(', '))})`,
  );
  return `<p class="note" style="margin-top:12px">Left out by the constraints: ${items.join(', ')}.</p>`;
}

const CONSTRAINTS: Readonly<Record<keyof Constraints, string>> = {
  maxAccuracyDrop: 'accuracy drop',
  maxOutputError: 'output error',
  maxP95Ms: 'p95 in ms',
  maxRssMb: 'memory in MB',
  maxBytes: 'bytes',
};

function breachText(breach: Breach): string {
  if (breach.constraint === 'fitness') return describeBreach(breach);
  const { constraint, limit, actual } = breach;
  return actual === undefined
    ? `${CONSTRAINTS[constraint]}: nothing proves at most ${shortText(limit)}`
    : `${CONSTRAINTS[constraint]} ${shortText(actual)}, at most ${shortText(limit)}`;
}
