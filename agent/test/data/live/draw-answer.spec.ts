import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AnswerOf, OutputSpec, TaskName } from '@hamon/contracts';
import type { AnsweredFrame } from '../../../src/data/answered-frame.js';
import { Canvas } from '../../../src/data/live/canvas.js';
import { drawAnswer } from '../../../src/data/live/draw-answer.js';
import { isDot, writable } from '../../../src/data/live/font.js';

type LiveRecord = AnsweredFrame['record'];
const ID = '00000000-0000-4000-8000-000000000001';
const common = {
  schema: 'hamon.record/2',
  at: '2030-01-01T12:34:56.000Z',
  stream: 'main',
  id: ID,
  trace: ID,
} as const;

const answered = (
  task: TaskName,
  output: AnswerOf,
  frame = { width: 200, height: 100 },
  verdict?: 'ok' | 'defect',
): LiveRecord => ({
  ...common,
  ...(verdict && { verdict }),
  result: {
    schema: 'hamon.result/2',
    ...{ model: 'm', version: '1.0.0', variant: 'fp32', source: 'edge', latencyMs: 1 },
    ...{ task, frame, output },
  },
});

const black = (width = 200, height = 100): Canvas =>
  new Canvas(new Uint8Array(width * height * 3), width, height);
const pixel = ({ data, width }: Canvas, x: number, y: number): number[] => {
  const at = (y * width + x) * 3;
  return [...data.subarray(at, at + 3)];
};
const isBlack = (canvas: Canvas, x: number, y: number): boolean =>
  pixel(canvas, x, y).every((sample) => sample === 0);

describe('drawAnswer', () => {
  it('draws a box where it is in the frame, however large the picture is', () => {
    const box = { x: 40, y: 40, width: 80, height: 40 };
    const record = answered('detection', { detections: [{ label: 'Crack', confidence: 0.9, box }] });
    for (const factor of [1, 2, 0.5]) {
      const canvas = black(200 * factor, 100 * factor);
      drawAnswer(canvas, record);
      expect(isBlack(canvas, 40 * factor, 60 * factor)).toBe(false);
      expect(isBlack(canvas, 120 * factor - 1, 60 * factor)).toBe(false);
      expect(isBlack(canvas, 80 * factor, 80 * factor - 1)).toBe(false);
      expect(isBlack(canvas, 80 * factor, 60 * factor)).toBe(true);
      expect(isBlack(canvas, 150 * factor, 60 * factor)).toBe(true);
    }
  });

  it('colours the pixels of a mask, other than those where nothing is', () => {
    // Two rows of a mask of 4 x 2: the right half of the first, the left quarter of the second.
    const rle = [0, 2, 1, 3, 0, 3];
    const output = { regions: [], shares: {}, mask: { width: 4, height: 2, rle } };
    const record = answered('segmentation', output, { width: 4, height: 2 });
    const spec: OutputSpec = {
      ...{ name: 'out', activation: 'none', labels: ['none', 'Crack'], background: 0, minArea: 0 },
    };
    const canvas = black(400, 200);
    drawAnswer(canvas, record, { spec });
    expect(isBlack(canvas, 250, 50)).toBe(false);
    expect(isBlack(canvas, 50, 150)).toBe(false);
    expect(isBlack(canvas, 150, 50)).toBe(true);
    expect(isBlack(canvas, 250, 150)).toBe(true);
    const unknown = black(400, 200);
    drawAnswer(unknown, record);
    expect(isBlack(unknown, 250, 50)).toBe(true);
  });

  it('makes a part of an anomaly the redder the more certain it is', () => {
    const red = (score: number): number => {
      const box = { x: 50, y: 40, width: 100, height: 50 };
      const canvas = black();
      drawAnswer(canvas, answered('anomaly', { score, isAnomalous: true, regions: [{ score, box }] }));
      return pixel(canvas, 120, 70)[0]!;
    };
    expect(red(0.5)).toBeGreaterThan(0);
    expect(red(1)).toBeGreaterThan(red(0.5));
  });

  it('lays the map of an anomaly over the picture, red from the threshold on', () => {
    const box = { x: 100, y: 50, width: 100, height: 50 };
    const record = answered('anomaly', { score: 1, isAnomalous: true, regions: [{ score: 1, box }] });
    const values = Float32Array.of(0, 0.05, 0.4, 1);
    const canvas = black();
    drawAnswer(canvas, record, { heatMap: { width: 2, height: 2, values } });
    expect(isBlack(canvas, 50, 40)).toBe(true);
    expect(isBlack(canvas, 150, 30)).toBe(true);
    const [[red, green], [hotRed, hotGreen]] = [pixel(canvas, 50, 75), pixel(canvas, 150, 75)];
    expect(green! / red!).toBeGreaterThan(0.9);
    expect(hotRed!).toBeGreaterThan(4 * hotGreen!);
    // Once: the region is not coloured a second time.
    expect(hotRed).toBe(Math.floor(220 * 0.4));
  });

  it('frames a picture by its verdict', () => {
    const output = { label: 'dent', confidence: 1, probabilities: [] };
    const edge = (verdict?: 'ok' | 'defect'): number[] => {
      const canvas = black();
      drawAnswer(canvas, answered('classification', output, undefined, verdict));
      return pixel(canvas, 0, 60);
    };
    expect(edge('defect')).toEqual([220, 38, 38]);
    expect(edge('ok')).toEqual([22, 163, 74]);
    expect(edge()).toEqual([75, 85, 99]);
  });

  it('shows a frame without an answer as such', () => {
    const canvas = black();
    drawAnswer(canvas, { ...common, error: { code: 'unanswered', detail: 'nobody' } });
    expect(canvas.data.some((sample) => sample > 200)).toBe(true);
  });

  it('stays within the picture, whatever boxes and labels an answer has', () => {
    const number = fc.oneof(
      fc.integer({ min: -500, max: 500 }),
      fc.double({ min: -1e9, max: 1e9, noNaN: true }),
    );
    const length = fc.oneof(fc.integer({ min: 0, max: 500 }), fc.double({ min: 0, max: 1e9, noNaN: true }));
    const detections = fc.array(
      fc.record({
        label: fc.string({ unit: 'binary', maxLength: 100 }),
        confidence: fc.double({ min: 0, max: 1, noNaN: true }),
        box: fc.record({ x: number, y: number, width: length, height: length }),
      }),
      { maxLength: 5 },
    );
    const sizes = fc.tuple(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 1, max: 60 }));
    fc.assert(
      fc.property(detections, sizes, (found, [width, height]) => {
        const guarded = new Uint8Array(width * height * 3 + 64).fill(7);
        const canvas = new Canvas(guarded.subarray(32, 32 + width * height * 3), width, height);
        drawAnswer(canvas, answered('detection', { detections: found }));
        expect([...guarded.subarray(0, 32), ...guarded.subarray(-32)].every((byte) => byte === 7)).toBe(true);
      }),
    );
  });
});

describe('Canvas', () => {
  it('leaves a few squares of what nobody is to recognise', () => {
    const canvas = new Canvas(
      Uint8Array.from({ length: 120 * 90 * 3 }, (_, i) => (i * 37) % 251),
      120,
      90,
    );
    const before = canvas.data.slice();
    canvas.coarsen({ x: 30, y: 20, width: 60, height: 40 });
    const colours = new Set<string>();
    for (let y = 20; y < 60; y += 1)
      for (let x = 30; x < 90; x += 1) colours.add(String(pixel(canvas, x, y)));
    expect(colours.size).toBeLessThanOrEqual(36);
    for (const [x, y] of [
      [29, 30],
      [90, 30],
      [40, 19],
      [40, 60],
    ] as const) {
      const at = (y * 120 + x) * 3;
      expect(pixel(canvas, x, y)).toEqual([...before.subarray(at, at + 3)]);
    }
  });
});

describe('the characters of pictures', () => {
  it('are there for every printable one, and each its own', () => {
    const seen = new Set<string>();
    for (let code = 0x20; code <= 0x7e; code += 1) {
      let shape = '';
      for (let column = 0; column < 5; column += 1) {
        for (let row = 0; row < 7; row += 1)
          shape += isDot(String.fromCharCode(code), column, row) ? '#' : '.';
      }
      seen.add(shape);
    }
    expect(seen.size).toBe(95);
  });

  it.each([
    ['Kratzer größer', 'Kratzer gro?er'],
    ['naïve café', 'naive cafe'],
    ['ひび', '??'],
    ['a\nb\u0000', 'a?b?'],
  ])('write "%s" as "%s"', (text, written) => {
    expect(writable(text)).toBe(written);
  });
});
