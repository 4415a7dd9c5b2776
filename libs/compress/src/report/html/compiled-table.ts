import type { CompiledReport, Payoff } from '../../compile/compiled-report.js';
import type { CompressReport } from '../compress-report.js';
import { escape } from './escape.js';
import { bytesText, msText, shortText, timesText } from './words.js';

const PAYOFFS: Readonly<Record<Payoff, string>> = { latency: 'runs faster', load: 'loads faster' };

/** What onnxruntime's offline optimization brought, file by file, and where the files that were kept may run. */
export function compiledTable({ compiled = [] }: CompressReport): string {
  if (compiled.length === 0) return '';
  const rows = compiled.map((form) => {
    const { variant, file, bytes, latencyRatio, loadMs, loadRatio, largestDifference } = form;
    const cells = [
      bytesText(bytes),
      timesText(latencyRatio),
      msText(loadMs),
      timesText(loadRatio),
      shortText(largestDifference),
    ].map((text) => `<td class="number">${escape(text)}</td>`);
    const kept =
      file === undefined
        ? 'not kept: no gain beyond noise'
        : form.payoffs.map((one) => PAYOFFS[one]).join(', ');
    return `<tr><th scope="row">${escape(variant)}</th>${cells.join('')}<td>${escape(kept)}</td></tr>`;
  });
  const head = ['size', 'p50 of variant', 'load', 'of variant', 'largest difference'].map(
    (title) => `<th class="number">${title}</th>`,
  );
  return `<div class="scroll"><table><thead><tr><th>compiled form</th>${head.join('')}<th></th></tr></thead><tbody>${rows.join('\n')}</tbody></table></div>${keptFiles(compiled)}`;
}

function keptFiles(compiled: readonly CompiledReport[]): string {
  const kept = compiled.filter(({ file }) => file !== undefined);
  if (kept.length === 0) return '';
  const files = kept.map(({ file = '' }) => `<li>${escape(file)}</li>`);
  const limits = [...new Set(kept.flatMap((form) => form.limits))].map(
    (limit) => `<li>${escape(limit)}</li>`,
  );
  const operators = [...new Set(kept.flatMap((form) => form.operators))].sort();
  const own =
    operators.length === 0 ? '' : `<li>only where onnxruntime knows ${escape(operators.join(', '))}</li>`;
  return `<p class="note" style="margin:12px 0 0">Files kept:</p><ul class="note">${files.join('')}</ul>
<p class="note" style="margin:8px 0 0">Where they may run:</p><ul class="note">${limits.join('')}${own}</ul>`;
}
