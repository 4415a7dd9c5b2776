import { paretoFront } from '../../choose/pareto-front.js';
import { latencyOf } from '../choice-of.js';
import type { CompressReport, VariantReport } from '../compress-report.js';
import { axisOver, shareOn, type Axis } from './axis.js';
import { escape } from './escape.js';
import { placeLabels, type Labelled, type PlacedLabel } from './place-labels.js';
import type { QualityAxis } from './quality-axis.js';
import { bytesText, msText, shortText } from './words.js';

const WIDTH = 860;
const HEIGHT = 420;
const AREA = { x: 76, y: 18, width: 764, height: 340 };

/** A variant with the figures that the diagram shows. */
interface Figures {
  readonly variant: VariantReport;
  readonly ms: number;
  readonly value: number;
}

/** A variant as a disc. */
interface Mark extends Figures, Labelled {}

/** Where figures lie in the diagram. */
interface Scales {
  readonly xs: Axis;
  readonly ys: Axis;
  readonly xOf: (ms: number) => number;
  readonly yOf: (value: number) => number;
}

/** Latency against quality: one disc per variant, its area the file's size, and the front of those that nothing beats. */
export function scatter({ variants, selection }: CompressReport, quality: QualityAxis): string {
  const chosen = selection.kind === 'chosen' ? selection.variant : undefined;
  const known = variants.flatMap((variant): Figures[] => {
    const value = quality.valueOf(variant);
    return value === undefined ? [] : [{ variant, value, ms: latencyOf(variants, variant) }];
  });
  if (known.length === 0) return '';
  const scales = scalesOf(known, quality);
  const marks = marksOf(known, scales);
  const labels = placeLabels(marks, AREA);
  const front = frontOf(marks, quality);
  const onFront = new Set(front.map(({ variant }) => variant.name));
  const discs = marks.map((mark) => {
    const { name } = mark.variant;
    return disc(mark, name === chosen ? 'chosen' : onFront.has(name) ? 'front' : 'beaten', quality);
  });
  const names = marks.map((mark, index) => nameOf(mark, labels[index], mark.variant.name === chosen));
  return `<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="Latency against ${escape(quality.title)}">
<g class="grid">${grid(scales, quality)}</g>
<polyline class="front-line" points="${front.map(({ x, y }) => `${fix(x)},${fix(y)}`).join(' ')}"/>
${discs.join('\n')}
<g>${names.join('')}</g>
<text class="axis" x="${AREA.x + AREA.width / 2}" y="${HEIGHT - 16}" text-anchor="middle">p50 latency in ms, one thread, batch 1 (left is faster)</text>
<text class="axis" transform="rotate(-90)" x="${-(AREA.y + AREA.height / 2)}" y="16" text-anchor="middle">${escape(quality.title)} (up is better)</text>
</svg>`;
}

function scalesOf(known: readonly Figures[], { leastSpan, higherIsBetter }: QualityAxis): Scales {
  const latencies = known.map(({ ms }) => ms);
  const xs = axisOver(latencies, 7, Math.max(...latencies) * 0.2);
  const values = known.map(({ value }) => value);
  const ys = axisOver(values, 6, leastSpan);
  return {
    xs,
    ys,
    xOf: (ms) => AREA.x + shareOn(xs, ms) * AREA.width,
    // Better is up, whichever way the figure goes.
    yOf: (value) => {
      const share = shareOn(ys, value);
      return AREA.y + (higherIsBetter ? 1 - share : share) * AREA.height;
    },
  };
}

function marksOf(known: readonly Figures[], { xOf, yOf }: Scales): readonly Mark[] {
  const largest = Math.max(...known.map(({ variant }) => variant.bytes));
  return known.map((figures) => ({
    ...figures,
    x: xOf(figures.ms),
    y: yOf(figures.value),
    radius: 5 + 13 * Math.sqrt(figures.variant.bytes / largest),
    text: figures.variant.name,
  }));
}

/** The marks that no other beats, from fast to slow. */
function frontOf(marks: readonly Mark[], { higherIsBetter }: QualityAxis): readonly Mark[] {
  const sign = higherIsBetter ? -1 : 1;
  return [...paretoFront(marks, ({ ms, value }) => [ms, sign * value])].sort((a, b) => a.ms - b.ms);
}

function grid({ xs, ys, xOf, yOf }: Scales, quality: QualityAxis): string {
  const [right, bottom] = [AREA.x + AREA.width, AREA.y + AREA.height];
  const upright = xs.ticks.map((tick) => {
    const x = fix(xOf(tick));
    return `<line x1="${x}" y1="${AREA.y}" x2="${x}" y2="${bottom}"/><text x="${x}" y="${bottom + 20}" text-anchor="middle">${shortText(tick)}</text>`;
  });
  const level = ys.ticks.map((tick) => {
    const y = yOf(tick);
    return `<line x1="${AREA.x}" y1="${fix(y)}" x2="${right}" y2="${fix(y)}"/><text x="${AREA.x - 10}" y="${fix(y + 4)}" text-anchor="end">${quality.text(tick)}</text>`;
  });
  return [...upright, ...level].join('');
}

function disc({ x, y, radius, variant, value, ms }: Mark, kind: string, quality: QualityAxis): string {
  const about = `${variant.name}: ${msText(ms)}, ${quality.text(value)}, ${bytesText(variant.bytes)}`;
  return `<circle class="${kind}" cx="${fix(x)}" cy="${fix(y)}" r="${fix(radius)}"><title>${escape(about)}</title></circle>`;
}

/** A mark's name, and a line to it where it lies far off. */
function nameOf({ x, y, text }: Mark, label: PlacedLabel | undefined, isChosen: boolean): string {
  const { x: left = 0, y: base = 0, led = false } = label ?? {};
  const leader = led
    ? `<line class="leader" x1="${fix(x)}" y1="${fix(y)}" x2="${fix(left < x ? left + text.length * 7 : left - 2)}" y2="${fix(base - 4)}"/>`
    : '';
  return `${leader}<text class="name${isChosen ? ' is-chosen' : ''}" x="${fix(left)}" y="${fix(base)}">${escape(text)}</text>`;
}

const fix = (value: number): string => value.toFixed(1);
