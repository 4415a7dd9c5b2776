import type { BenchmarkState, BenchmarkView } from '@hamon/contracts';
import type { Colours } from '../output.js';
import { bar } from './bar.js';
import { FIGURE_HEADS, figureCells } from './figures-text.js';
import { cell, fields, table } from './table.js';
import { ago, bytes, duration } from './words.js';

/** One benchmark: what is asked, how far it is, and what was measured. */
export function benchmarkText(colours: Colours, view: BenchmarkView): string {
  const pairs: [string, string][] = [
    ['benchmark', colours.bold(view.id)],
    ['device', cell(view.device)],
    ['version', cell(`${view.model}@${view.version}`)],
    ['state', benchmarkState(colours, view.state)],
    ['requested', ago(view.requestedAt)],
  ];
  const { endedAt, reason, hardwareClass } = view;
  if (endedAt === null) pairs.push(['expires', expiryText(view)], ['progress', progressText(colours, view)]);
  else pairs.push(['ended', ago(endedAt)]);
  if (reason) pairs.push(['reason', `${cell(reason.code)}: ${cell(reason.detail)}`]);
  if (hardwareClass !== null) pairs.push(['hardware class', cell(hardwareClass)]);
  const head = fields(colours, pairs);
  return view.results.length > 0 ? `${head}\n\n${resultsText(colours, view)}` : head;
}

export function benchmarksText(colours: Colours, views: readonly BenchmarkView[]): string {
  const rows = views.map((view) => [
    view.id,
    cell(`${view.model}@${view.version}`),
    benchmarkState(colours, view.state),
    ago(view.requestedAt),
    cell(view.reason?.code ?? view.progress?.step),
  ]);
  return table(colours, ['BENCHMARK', 'VERSION', 'STATE', 'REQUESTED', 'SAYS'], rows);
}

/** For `hamon device show`. */
export const benchmarkLine = (colours: Colours, view: BenchmarkView): string =>
  `${cell(`${view.model}@${view.version}`)} ${benchmarkState(colours, view.state)}` +
  `, requested ${ago(view.requestedAt)} (${view.id})`;

/** `[bar] 3/12  latency at one thread`. */
export function progressText(colours: Colours, { progress, state }: BenchmarkView): string {
  if (!progress) return state === 'requested' ? 'the device has not answered yet' : 'the device waits';
  const { done, total, step } = progress;
  return `${bar(colours, done, total)} ${done}/${total}  ${cell(step)}`;
}

function resultsText(colours: Colours, { results }: BenchmarkView): string {
  const measured = results.flatMap(({ variant, figures }) =>
    figures ? [[cell(variant), bytes(figures.bytes), ...figureCells(figures)]] : [],
  );
  const unfit = results.flatMap(({ variant, unfit: why }) =>
    why ? [`${cell(variant)} is unfit there: ${cell(why.code)}: ${cell(why.detail)}`] : [],
  );
  const shown = measured.length > 0 ? [table(colours, ['VARIANT', 'BYTES', ...FIGURE_HEADS], measured)] : [];
  return [...shown, ...unfit].join('\n\n');
}

function expiryText({ expiresAt }: BenchmarkView): string {
  const left = (Date.parse(expiresAt) - Date.now()) / 1000;
  return left > 0 ? `in ${duration(left)}` : 'now';
}

function benchmarkState(colours: Colours, state: BenchmarkState): string {
  if (state === 'succeeded') return colours.green(state);
  return state === 'failed' || state === 'expired' ? colours.red(state) : colours.yellow(state);
}
