import { headlineOf, type Quality } from '../../measure/quality.js';
import { allFloatOf } from '../all-float.js';
import type { CompressReport, VariantReport } from '../compress-report.js';
import { escape } from './escape.js';
import { bytesText, macsText, msText, percentText, shortText, timesText } from './words.js';

/** A wider table is read by nobody; `report.json` has them all. */
const MAX_FIGURES = 8;

interface Column {
  readonly title: string;
  readonly cell: (variant: VariantReport) => string | undefined;
}

/** What a variant costs and gives; columns that no variant has are left out. */
export function variantTable(report: CompressReport): string {
  const [original] = report.variants;
  return tableOf(report, [
    { title: 'size', cell: ({ bytes }) => bytesText(bytes) },
    { title: 'of fp32', cell: ({ bytes }) => timesText(bytes / (original?.bytes ?? NaN)) },
    share(metricOf(original?.evaluation), ({ evaluation }) => headlineOf(evaluation)),
    ...furtherFigures(report),
    share('balanced', ({ evaluation }) => evaluation?.balancedAccuracy),
    share('agreement', ({ evaluation }) => evaluation?.agreement),
    {
      title: 'output error',
      cell: ({ calibration, synthetic }) => optional((calibration ?? synthetic)?.outputError, shortText),
    },
    { title: 'p50', cell: ({ latency }) => msText(latency.oneThread.p50Ms) },
    { title: 'of fp32', cell: ({ latency }) => timesText(latency.oneThread.ratio) },
    { title: 'p95', cell: ({ latency }) => msText(latency.oneThread.p95Ms) },
    { title: 'memory', cell: ({ rssMb }) => `${rssMb.toFixed(0)} MB` },
    { title: 'MACs', cell: ({ macs }) => optional(macs, macsText) },
  ]);
}

/** The rest of what was measured. */
export function furtherTable(report: CompressReport): string {
  return tableOf(report, [
    share(`${metricOf(report.variants[0]?.calibration)}, calibration`, ({ calibration }) =>
      headlineOf(calibration),
    ),
    share('agreement, calibration', ({ calibration }) => calibration?.agreement),
    { title: 'KL to fp32, nats', cell: ({ evaluation }) => optional(evaluation?.klToFp32, shortText) },
    { title: 'p50, all threads', cell: ({ latency }) => optional(latency.allThreads?.p50Ms, msText) },
    { title: 'p95, all threads', cell: ({ latency }) => optional(latency.allThreads?.p95Ms, msText) },
    { title: 'load', cell: ({ loadMs }) => `${loadMs.toFixed(0)} ms` },
    { title: 'made in', cell: ({ buildSeconds }) => `${buildSeconds.toFixed(1)} s` },
  ]);
}

const metricOf = (quality: Quality | undefined): string => quality?.quality?.metric ?? 'accuracy';

/** What else the task counts, but for what has a column of its own; of figures by label the first. */
function furtherFigures({ variants }: CompressReport): readonly Column[] {
  const { metric, figures = {} } = variants[0]?.evaluation?.quality ?? {};
  return Object.keys(figures)
    .filter((name) => name !== metric && name !== 'balancedAccuracy')
    .slice(0, MAX_FIGURES)
    .map((name) => share(name, ({ evaluation }) => evaluation?.quality?.figures[name]));
}

function tableOf(report: CompressReport, columns: readonly Column[]): string {
  const { variants, selection, paretoFront } = report;
  const allFloat = allFloatOf(report);
  const used = columns.filter(({ cell }) => variants.some((variant) => cell(variant) !== undefined));
  const chosen = selection.kind === 'chosen' ? selection.variant : undefined;
  const rows = variants.map((variant, index) => {
    const { name, sha256 } = variant;
    const twin = variants.slice(0, index).find((other) => other.sha256 === sha256);
    const badges = [
      name === chosen ? '<span class="badge chosen">for this machine</span>' : '',
      paretoFront.includes(name) ? '<span class="badge">Pareto</span>' : '',
      allFloat.includes(name) ? '<span class="badge">no layer in int8</span>' : '',
      twin === undefined ? '' : `<span class="badge">same file as ${escape(twin.name)}</span>`,
    ].join('');
    const cells = used.map(({ cell }) => `<td class="number">${escape(cell(variant) ?? '–')}</td>`);
    return `<tr${name === chosen ? ' class="is-chosen"' : ''}><th scope="row">${escape(name)}${badges}</th>${cells.join('')}</tr>`;
  });
  const head = used.map(({ title }) => `<th class="number">${escape(title)}</th>`).join('');
  return `<div class="scroll"><table><thead><tr><th>variant</th>${head}</tr></thead><tbody>${rows.join('\n')}</tbody></table></div>`;
}

const share = (title: string, valueOf: (variant: VariantReport) => number | undefined): Column => ({
  title,
  cell: (variant) => optional(valueOf(variant), percentText),
});

const optional = (value: number | undefined, text: (value: number) => string): string | undefined =>
  value === undefined ? undefined : text(value);
