import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SegmentationAnswer } from '@hamon/contracts';
import { answerOf, inputOf, labelMap, rowsOf, spec, task } from './support.js';

const frame = { width: 4, height: 2 };
const decode = task.decoder(spec, inputOf(4, 2));

describe('scores', () => {
  const scored = (scores: number[][], of = spec) =>
    task.decoder(of, inputOf(2, 1))(
      new Map([['scores', { dims: [1, scores.length, 1, 2], data: Float32Array.from(scores.flat()) }]]),
      { width: 2, height: 1 },
    );

  it('give each pixel the label of the best one, the first of equals', () => {
    const answer = scored([
      [0, -1],
      [1, -1],
      [1, -2],
    ]);
    expect(answer).toMatchObject({ ok: true, value: { mask: { rle: [1, 1, 0, 1] } } });
  });

  it.each([
    ['none', [0.55, 0.65]],
    ['sigmoid', [0.2, 0.62]],
    // Beside two scores of 0: e^x / (e^x + 2).
    ['softmax', [0.9, 1.2]],
  ] as const)('below the threshold become background after activation %s', (activation, [low, high]) => {
    const answer = scored(
      [
        [0, 0],
        [low, high],
        [0, 0],
      ],
      { ...spec, activation, threshold: 0.6 },
    );
    expect(answer).toMatchObject({ ok: true, value: { mask: { rle: [0, 1, 1, 1] } } });
  });

  it('are none where one is NaN', () => {
    const answer = scored([
      [0, NaN],
      [1, 0],
      [0, 0],
    ]);
    expect(answer).toMatchObject({ error: { code: 'output-not-finite' } });
  });
});

describe('a map of labels', () => {
  it('may be floats, with a dimension of one before it', () => {
    const data = Float32Array.from([0, 1, 1, 2, 0, 0, 1, 2]);
    const answer = decode(new Map([['scores', { dims: [1, 1, 2, 4], data }]]), frame);
    expect(answer).toMatchObject({ value: { mask: { rle: [0, 1, 1, 2, 2, 1, 0, 2, 1, 1, 2, 1] } } });
  });

  it.each([
    ['3', 'output "scores" holds 3, a map of output.labels has whole numbers from 0 to 2'],
    ['0.5', 'output "scores" holds 0.5, a map of output.labels has whole numbers from 0 to 2'],
  ])('is refused where it holds %s', (value, detail) => {
    const data = Float32Array.from([0, Number(value), 0, 0, 0, 0, 0, 0]);
    const answer = decode(new Map([['scores', { dims: [1, 2, 4], data }]]), frame);
    expect(answer).toEqual({ ok: false, error: { code: 'labels-mismatch', detail } });
  });

  it('is none where it holds NaN, or has another shape', () => {
    const data = new Float32Array(8).fill(NaN);
    expect(decode(new Map([['scores', { dims: [1, 2, 4], data }]]), frame)).toMatchObject({
      error: { code: 'output-not-finite' },
    });
    expect(decode(new Map([['scores', { dims: [8], data }]]), frame)).toMatchObject({
      error: {
        code: 'labels-mismatch',
        detail: expect.stringMatching(/^output "scores" is \[8\], segmentation needs \[1, 3, H, W\]/),
      },
    });
  });
});

describe('regions', () => {
  it('touch by sides or corners, are told by size and leave the background out', () => {
    const { regions } = answerOf(['1002', '0102', '0000', '2200']);
    expect(regions).toEqual([
      { label: 'a', area: 2, box: { x: 0, y: 0, width: 2, height: 2 } },
      { label: 'b', area: 2, box: { x: 3, y: 0, width: 1, height: 2 } },
      { label: 'b', area: 2, box: { x: 0, y: 3, width: 2, height: 1 } },
    ]);
  });

  it('that are smaller than the smallest area are left out, of regions alone', () => {
    const answer = answerOf(['1022', '0022'], { ...spec, minArea: 2 });
    expect(answer.regions.map(({ label }) => label)).toEqual(['b']);
    expect(answer.shares).toEqual({ none: 3 / 8, a: 1 / 8, b: 4 / 8 });
  });

  it('are one where parts meet further down', () => {
    const { regions } = answerOf(['10101', '10101', '11111']);
    expect(regions).toEqual([{ label: 'a', area: 11, box: { x: 0, y: 0, width: 5, height: 3 } }]);
  });

  it('are told up to five hundred', () => {
    const row = '10'.repeat(100);
    const rows = Array.from({ length: 40 }, (_, y) => (y % 2 === 0 ? row : '0'.repeat(200)));
    expect(answerOf(rows).regions).toHaveLength(500);
  });
});

describe('a mask', () => {
  it('is as large as the frame, each pixel as its nearest cell', () => {
    const answer = task.decoder(spec, inputOf(2, 1))(labelMap('12'), { width: 6, height: 3 });
    expect(answer).toMatchObject({
      value: {
        mask: { width: 6, height: 3, rle: [1, 3, 2, 3, 1, 3, 2, 3, 1, 3, 2, 3] },
        regions: [
          { label: 'a', area: 9, box: { x: 0, y: 0, width: 3, height: 3 } },
          { label: 'b', area: 9, box: { x: 3, y: 0, width: 3, height: 3 } },
        ],
      },
    });
  });

  it('has nothing of the borders that contain adds', () => {
    const decodeWide = task.decoder(spec, inputOf(4, 4, 'contain'));
    const answer = decodeWide(labelMap('2222', '1111', '1001', '2222'), { width: 8, height: 4 });
    if (!answer.ok) throw new Error(answer.error.detail);
    expect(rowsOf(answer.value)).toEqual(['11111111', '11111111', '11000011', '11000011']);
  });

  it('has background where cover cut the sides off, and no region there', () => {
    const decodeCut = task.decoder(spec, inputOf(2, 2, 'cover'));
    const answer = decodeCut(labelMap('11', '11'), { width: 8, height: 4 });
    if (!answer.ok) throw new Error(answer.error.detail);
    expect(rowsOf(answer.value)).toEqual(Array(4).fill('00111100'));
    expect(answer.value.regions).toEqual([
      { label: 'a', area: 16, box: { x: 2, y: 0, width: 4, height: 4 } },
    ]);
  });

  it('with more specks than are remembered still has its largest regions whole', () => {
    const [specks, size] = [280, 2 * 280];
    const row = (y: number): string =>
      `${(y % 2 === 0 ? '10' : '00').repeat(specks)}02${y === size - 1 ? '2' : '0'}2`;
    const { regions } = answerOf(Array.from({ length: size }, (_, y) => row(y)));
    expect(regions).toHaveLength(500);
    // Two lines that meet in the last row.
    expect(regions[0]).toEqual({
      label: 'b',
      area: 2 * size + 1,
      box: { x: size + 1, y: 0, width: 3, height: size },
    });
    expect(regions.slice(1, 3)).toEqual([
      { label: 'a', area: 1, box: { x: 0, y: 0, width: 1, height: 1 } },
      { label: 'a', area: 1, box: { x: 2, y: 0, width: 1, height: 1 } },
    ]);
  });

  it('of noise is refused before it fills the memory', () => {
    const stripes = labelMap('01'.repeat(1050));
    const answer = task.decoder(spec, inputOf(2100, 1))(stripes, { width: 2100, height: 2100 });
    expect(answer).toMatchObject({
      error: { detail: 'the mask of output "scores" takes more than 500000 runs, which is noise' },
    });
  });
});

const mapOf = (most: number) =>
  fc
    .tuple(fc.integer({ min: 1, max: most }), fc.integer({ min: 1, max: most }))
    .chain(([width, height]) =>
      fc.array(fc.stringMatching(new RegExp(`^[012]{${width}}$`)), { minLength: height, maxLength: height }),
    );

/** 8-connected parts of a mask, pixel by pixel. */
function floodedAreas(rows: readonly string[]): number[] {
  const left = rows.map((row) => row.split(''));
  const areas: number[] = [];
  const fill = (x: number, y: number, label: string): number => {
    if (left[y]?.[x] !== label) return 0;
    (left[y] as string[])[x] = '0';
    let area = 1;
    for (const dy of [-1, 0, 1]) for (const dx of [-1, 0, 1]) area += fill(x + dx, y + dy, label);
    return area;
  };
  rows.forEach((row, y) => {
    row.split('').forEach((_, x) => {
      const label = left[y]?.[x] ?? '0';
      if (label !== '0') areas.push(fill(x, y, label));
    });
  });
  return areas.sort((a, b) => b - a);
}

describe('any map', () => {
  it('decodes to itself on a frame of its size', () => {
    fc.assert(
      fc.property(mapOf(9), (rows) => {
        expect(rowsOf(answerOf(rows))).toEqual(rows);
      }),
    );
  });

  it('on any frame gives shares of 1, regions that are the parts of its mask, and a valid answer', () => {
    const size = fc.integer({ min: 1, max: 20 });
    const resize = fc.constantFrom('stretch' as const, 'contain' as const, 'cover' as const);
    fc.assert(
      fc.property(mapOf(9), size, size, size, size, resize, (rows, width, height, w, h, how) => {
        const answer = task.decoder(spec, inputOf(w, h, how))(labelMap(...rows), { width, height });
        if (!answer.ok) throw new Error(answer.error.detail);
        const { regions, shares } = SegmentationAnswer.parse(answer.value);
        const mask = rowsOf(answer.value);
        expect(mask.join('')).toHaveLength(width * height);
        expect(Object.values(shares).reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 9);
        expect(regions.map(({ area }) => area)).toEqual(floodedAreas(mask));
        for (const { label, box } of regions) {
          const inside = mask
            .slice(box.y, box.y + box.height)
            .map((row) => row.slice(box.x, box.x + box.width));
          expect(inside.join('')).toContain(String(spec.labels.indexOf(label)));
        }
      }),
    );
  });
});
