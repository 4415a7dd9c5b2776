import type { CompressReport } from '../compress-report.js';
import { compiledTable } from './compiled-table.js';
import { escape } from './escape.js';
import { headline } from './headline.js';
import { layerBars } from './layer-bars.js';
import { qualityAxisOf } from './quality-axis.js';
import { scatter } from './scatter.js';
import { STYLE } from './style.js';
import { furtherTable, variantTable } from './variant-table.js';

/** `report.html`: one file without scripts or references to others, readable for as long as browsers are. */
export function reportPage(report: CompressReport): string {
  const quality = qualityAxisOf(report);
  const title = report.model === undefined ? 'Compression' : `${report.model.name} ${report.model.version}`;
  const layers = layerBars(report);
  const compiled = compiledTable(report);
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<title>${escape(title)}: variants</title><style>${STYLE}</style></head><body><main>
${headline(report, quality)}
<section><h2>Latency against ${escape(quality.title)}</h2>
<p class="note">The area of a disc is the size of the file. The dashed line joins the variants that no other beats in both.${quality.note === undefined ? '' : ` ${escape(quality.note)}`}</p>
${scatter(report, quality)}</section>
<section><h2>Variants</h2>${variantTable(report)}
<p class="note" style="margin:12px 0 0">${escape(howMeasured(report))}</p>
<details><summary>Further figures</summary>${furtherTable(report)}</details></section>
${compiled === '' ? '' : `<section><h2>Compiled for this machine</h2><p class="note">Each variant as onnxruntime optimizes it offline. A file is kept where it runs or loads faster by more than noise; it is bound to this class of machines and no part of the bundle.</p>${compiled}</section>`}
${layers === '' ? '' : `<section><h2>Layers</h2><p class="note">Work is the layer's share of all multiply-accumulates. Sensitivity is how far the model's outputs move when this layer alone is int8.</p>${layers}</section>`}
<section><h2>How it was made</h2>${provenance(report)}</section>
</main></body></html>
`;
}

function howMeasured({ variants }: CompressReport): string {
  const latency = variants[0]?.latency.oneThread;
  const runs =
    latency === undefined ? '' : `${latency.runs} runs each in ${latency.rounds} alternating blocks`;
  return `Latencies: one process for all variants, batch 1, ${runs}; "of fp32" is the median ratio within a block. Memory: the peak of a process with that variant alone. ${howChosen(variants)}`;
}

function howChosen([original]: CompressReport['variants']): string {
  if (original?.calibration !== undefined)
    return `The variant is chosen by its quality on ${original.calibration.samples} calibration images that no variant was made with; evaluation images are for the reader only.`;
  const { samples } = original?.synthetic ?? {};
  return samples === undefined
    ? 'Without calibration images nothing is known about quality that a choice could go by.'
    : `Without images, outputs are compared on ${samples} random inputs.`;
}

function provenance({ provenance: made, variants, seconds }: CompressReport): string {
  const { input, calibration, evaluation, tools, recipe, recipeSha256 } = made;
  const folder = (about: typeof calibration): string =>
    about === undefined ? 'none' : `${about.samples} images, SHA-256 ${about.sha256}`;
  const pairs: readonly (readonly [string, string])[] = [
    ['original', `${input.file}, SHA-256 ${input.sha256}`],
    ['calibration', folder(calibration)],
    ['evaluation', folder(evaluation)],
    ['recipe', `SHA-256 ${recipeSha256}`],
    [
      'tools',
      Object.entries(tools)
        .map(([name, version]) => `${name} ${version}`)
        .join(', '),
    ],
    ['time', `${seconds.toFixed(1)} s`],
    ...variants.map(({ file, sha256 }) => [file, `SHA-256 ${sha256}`] as const),
  ];
  const list = pairs.map(([name, value]) => `<dt>${escape(name)}</dt><dd>${escape(value)}</dd>`).join('');
  const notes = variants
    .filter(({ notes: said }) => Object.keys(said).length > 0)
    .map(({ name, notes: said }) => details(`What was decided for ${name}`, said));
  return `<dl>${list}</dl>${details('Recipe', recipe)}${notes.join('')}`;
}

const details = (title: string, value: unknown): string =>
  `<details><summary>${escape(title)}</summary><pre>${escape(JSON.stringify(value, null, 1))}</pre></details>`;
