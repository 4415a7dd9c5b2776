import type { Box, OutputSpec } from '@hamon/contracts';
import { taskNamed, type HeatMap, type PixelLabels, type Place } from '@hamon/tasks';
import type { AnsweredFrame } from '../answered-frame.js';
import { lineOf } from '../line-of.js';
import { Canvas, textWidth, type Colour } from './canvas.js';
import { GLYPH_HEIGHT } from './font.js';

type LiveRecord = AnsweredFrame['record'];

const WHITE: Colour = [255, 255, 255];
const DARK: Colour = [17, 24, 39];
const RED: Colour = [220, 38, 38];
const YELLOW: Colour = [240, 228, 66];
const VERDICTS = { ok: [22, 163, 74], defect: RED, none: [75, 85, 99] } as const satisfies Record<
  string,
  Colour
>;
/** Told apart by people who see red and green alike (Okabe and Ito). */
const PALETTE: readonly Colour[] = [
  [230, 159, 0],
  [86, 180, 233],
  [0, 158, 115],
  [240, 228, 66],
  [0, 114, 178],
  [213, 94, 0],
  [204, 121, 167],
];
const MASK_OPACITY = 0.45;
const HEAT_OPACITY = 0.4;
/** What is less unusual leaves the picture as it is. */
const FAINTEST_HEAT = 0.1;

export interface AnswerDetails {
  /** Of the version that answered, where it still is there: without it no mask is drawn. */
  readonly spec?: OutputSpec | undefined;
  /** Without it, parts of an anomaly are coloured evenly. */
  readonly heatMap?: HeatMap | null | undefined;
}

/**
 * Draws what an answer says onto the picture that it is about: mask or heat map, boxes with their labels, and a line with
 * the verdict.
 */
export function drawAnswer(canvas: Canvas, record: LiveRecord, { spec, heatMap }: AnswerDetails = {}): void {
  const scale = canvas.width >= 480 ? 2 : 1;
  const { result } = record;
  if (result) {
    const task = taskNamed(result.task);
    const mask = spec && task.mask(result.output, spec);
    if (mask) drawMask(canvas, mask);
    if (heatMap) drawHeat(canvas, heatMap);
    const [across, down] = [canvas.width / result.frame.width, canvas.height / result.frame.height];
    const heat = heatMap ? 0 : HEAT_OPACITY;
    for (const place of task.places(result.output)) {
      drawPlace(canvas, scaled(place, across, down), scale, heat);
    }
  }
  drawLine(canvas, record, scale);
}

const scaled = ({ box, ...place }: Place, across: number, down: number): Place => ({
  ...place,
  box: { x: box.x * across, y: box.y * down, width: box.width * across, height: box.height * down },
});

function drawPlace(canvas: Canvas, { box, label, confidence }: Place, scale: number, heat: number): void {
  const colour = label === undefined ? RED : colourOf(label);
  // A place without a label is one on a map of anomalies: the more certain, the redder.
  if (label === undefined) canvas.fill(box, RED, heat * (confidence ?? 1));
  canvas.outline(box, scale, colour);
  const share = confidence === undefined ? '' : `${Math.round(confidence * 100)}%`;
  const text = [label ?? '', share].filter((part) => part !== '').join(' ');
  const height = (GLYPH_HEIGHT + 2) * scale;
  const y = box.y >= height ? box.y - height : box.y + scale;
  drawText(canvas, text, { x: box.x, y }, scale, colour);
}

function drawText(
  canvas: Canvas,
  text: string,
  { x, y }: Pick<Box, 'x' | 'y'>,
  scale: number,
  behind: Colour,
): void {
  if (text === '') return;
  const width = textWidth(text, scale) + scale;
  canvas.fill({ x, y, width, height: (GLYPH_HEIGHT + 2) * scale }, behind);
  canvas.write(text, x + scale, y + scale, scale, isLight(behind) ? DARK : WHITE);
}

function drawLine(canvas: Canvas, record: LiveRecord, scale: number): void {
  const { verdict, at } = record;
  const height = (GLYPH_HEIGHT + 4) * scale;
  canvas.fill({ x: 0, y: 0, width: canvas.width, height }, DARK, 0.7);
  const behind = VERDICTS[verdict ?? 'none'];
  const word = verdict === undefined ? '' : verdict.toUpperCase();
  if (word !== '') drawText(canvas, word, { x: scale, y: scale }, scale, behind);
  const left = word === '' ? scale * 2 : textWidth(word, scale) + scale * 4;
  canvas.write(`${at.slice(11, 19)}Z  ${lineOf(record)}`, left, scale * 2, scale, WHITE);
  canvas.outline({ x: 0, y: 0, width: canvas.width, height: canvas.height }, scale * 2, behind);
}

/** Each row of the canvas shows the row of the mask that lies there. */
function drawMask(canvas: Canvas, { width, height, rle, background }: PixelLabels): void {
  const across = canvas.width / width;
  let at = 0;
  for (let i = 0; i < rle.length; i += 2) {
    const [label, pixels] = [rle[i] as number, rle[i + 1] as number];
    if (label !== background) {
      const colour = PALETTE[label % PALETTE.length] as Colour;
      for (const { row, from, to } of rowsOf(at, pixels, width)) {
        const [top, bottom] = [rowAt(row, canvas.height, height), rowAt(row + 1, canvas.height, height)];
        const [left, right] = [Math.round(from * across), Math.round(to * across)];
        for (let y = top; y < bottom; y += 1) {
          canvas.run(y * canvas.width + left, right - left, colour, MASK_OPACITY);
        }
      }
    }
    at += pixels;
  }
}

/** Each cell the denser the higher it is, and red from the threshold on. */
function drawHeat(canvas: Canvas, { width, height, values }: HeatMap): void {
  const [across, down] = [canvas.width / width, canvas.height / height];
  for (let cell = 0; cell < values.length; cell += 1) {
    const value = values[cell] as number;
    if (value < FAINTEST_HEAT) continue;
    const [x, y] = [(cell % width) * across, Math.floor(cell / width) * down];
    canvas.fill({ x, y, width: across, height: down }, value < 0.5 ? YELLOW : RED, HEAT_OPACITY * value);
  }
}

const rowAt = (row: number, shown: number, height: number): number => Math.round((row * shown) / height);

function* rowsOf(
  at: number,
  pixels: number,
  width: number,
): Generator<{ readonly row: number; readonly from: number; readonly to: number }> {
  for (let done = 0; done < pixels;) {
    const from = (at + done) % width;
    const length = Math.min(width - from, pixels - done);
    yield { row: Math.floor((at + done) / width), from, to: from + length };
    done += length;
  }
}

/** The same for a label wherever it is seen. */
function colourOf(label: string): Colour {
  let sum = 0;
  for (const letter of label) sum = (sum * 31 + (letter.codePointAt(0) ?? 0)) >>> 0;
  return PALETTE[sum % PALETTE.length] as Colour;
}

const isLight = ([red, green, blue]: Colour): boolean => red * 0.299 + green * 0.587 + blue * 0.114 > 140;
