import { paretoFront } from '../../choose/pareto-front.js';
import { latencyOf } from '../choice-of.js';
import type { CompressReport } from '../compress-report.js';
import { axisOver, shareOn } from './axis.js';
import { escape } from './escape.js';
import { placeLabels } from './place-labels.js';
import type { QualityAxis } from './quality-axis.js';
import { bytesText, msText, shortText } from './words.js';

const WIDTH = 860;
const HEIGHT = 420;
const AREA = { x: 76, y: 18, width: 764, height: 340 };

/** Latency against quality: one disc per variant, its area the file's size, and the front of those that nothing beats. */
export function scatter(report: CompressReport, quality: QualityAxis): string {
  const { variants, selection } = report;
  const chosen = selection.kind === 'chosen' ? selection.variant : undefined;
  const known = variants.flatMap((variant) => {
    const value = quality.valueOf(variant);
    return value === undefined ? [] : [{ variant, value, ms: latencyOf(variants, variant) }];
  });
  if (known.length === 0) return '';
  const largest = Math.max(...known.map(({ variant }) => variant.bytes));
  const fastest = Math.max(...known.map(({ ms }) => ms));
  const xs = axisOver(
    known.map(({ ms }) => ms),
    7,
    fastest * 0.2,
  );
  const ys = axisOver(
    known.map(({ value }) => value),
    6,
    quality.leastSpan,
  );
  const xOf = (ms: number): number => AREA.x + shareOn(xs, ms) * AREA.width;
  // Better is up, whichever way the figure goes.
  const yOf = (value: number): number => {
    const share = shareOn(ys, value);
    return AREA.y + (quality.higherIsBetter ? 1 - share : share) * AREA.height;
  };
  const marks = known.map(({ variant, value, ms }) => ({
    x: xOf(ms),
    y: yOf(value),
    radius: 5 + 13 * Math.sqrt(variant.bytes / largest),
    text: variant.name,
    variant,
    value,
    ms,
  }));
  const labels = placeLabels(marks, AREA);
  const sign = quality.higherIsBetter ? -1 : 1;
  const front = [...paretoFront(marks, ({ ms, value }) => [ms, sign * value])].sort((a, b) => a.ms - b.ms);
  const isOnFront = new Set(front.map(({ variant }) => variant.name));
  const grid = [
    ...xs.ticks.map(
      (tick) =>
        `<line x1="${fix(xOf(tick))}" y1="${AREA.y}" x2="${fix(xOf(tick))}" y2="${AREA.y + AREA.height}"/><text x="${fix(xOf(tick))}" y="${AREA.y + AREA.height + 20}" text-anchor="middle">${shortText(tick)}</text>`,
    ),
    ...ys.ticks.map(
      (tick) =>
        `<line x1="${AREA.x}" y1="${fix(yOf(tick))}" x2="${AREA.x + AREA.width}" y2="${fix(yOf(tick))}"/><text x="${AREA.x - 10}" y="${fix(yOf(tick) + 4)}" text-anchor="end">${quality.text(tick)}</text>`,
    ),
  ];
  const discs = marks.map(({ x, y, radius, variant, value, ms }) => {
    const kind = variant.name === chosen ? 'chosen' : isOnFront.has(variant.name) ? 'front' : 'beaten';
    const about = `${variant.name}: ${msText(ms)}, ${quality.text(value)}, ${bytesText(variant.bytes)}`;
    return `<circle class="${kind}" cx="${fix(x)}" cy="${fix(y)}" r="${fix(radius)}"><title>${escape(about)}</title></circle>`;
  });
  const names = marks.map(({ x, y, text, variant }, index) => {
    const { x: left = 0, y: base = 0, led = false } = labels[index] ?? {};
    const leader = led
      ? `<line class="leader" x1="${fix(x)}" y1="${fix(y)}" x2="${fix(left < x ? left + text.length * 7 : left - 2)}" y2="${fix(base - 4)}"/>`
      : '';
    return `${leader}<text class="name${variant.name === chosen ? ' is-chosen' : ''}" x="${fix(left)}" y="${fix(base)}">${escape(text)}</text>`;
  });
  return `<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="Latency against ${escape(quality.title)}">
<g class="grid">${grid.join('')}</g>
<polyline class="front-line" points="${front.map(({ x, y }) => `${fix(x)},${fix(y)}`).join(' ')}"/>
${discs.join('\n')}
<g>${names.join('')}</g>
<text class="axis" x="${AREA.x + AREA.width / 2}" y="${HEIGHT - 16}" text-anchor="middle">p50 latency in ms, one thread, batch 1 (left is faster)</text>
<text class="axis" transform="rotate(-90)" x="${-(AREA.y + AREA.height / 2)}" y="16" text-anchor="middle">${escape(quality.title)} (up is better)</text>
</svg>`;
}

const fix = (value: number): string => value.toFixed(1);
