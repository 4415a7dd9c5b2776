import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Detection } from '@hamon/contracts';
import { detection } from '../../src/detection/detection.js';
import { anyAnswer, answerOf, found, specOf } from './support.js';

const spec = specOf({ threshold: 0.3, iou: 0.5 });
const tolerance = 0.02;
const broken = (expected: Detection[], answered: Detection[], with_ = spec): string | undefined =>
  detection.golden.broken(answerOf(...answered), { detections: expected, tolerance }, with_);

const crack = found('Crack', 0.8, [10, 10, 40, 20]);
const fray = found('Fray', 0.6, [60, 60, 30, 30]);

describe('golden samples of detections', () => {
  it('hold for the answer that they were made of, of whichever variant', () => {
    fc.assert(
      fc.property(anyAnswer, fc.constantFrom('original' as const, 'other' as const), (answer, variant) => {
        const expectation = detection.golden.expectationOf(answer, spec, variant);
        expect(detection.golden.broken(answer, expectation, spec)).toBeUndefined();
      }),
    );
  });

  it.each<[string, Detection[], Detection[]]>([
    ['a confidence within the tolerance', [crack], [{ ...crack, confidence: 0.815 }]],
    ['a box that overlaps by 0.9', [crack], [found('Crack', 0.8, [11, 10, 40, 20])]],
    [
      'each side of a small box within 2 pixels',
      [found('Crack', 0.8, [5, 5, 4, 4])],
      [found('Crack', 0.8, [7, 7, 3, 3])],
    ],
    ['one near its threshold that is missing', [crack, found('Fray', 0.31, [60, 60, 9, 9])], [crack]],
    ['one near its threshold that is new', [crack], [crack, found('Fray', 0.319, [60, 60, 9, 9])]],
    ['nothing, where nothing is expected', [], []],
    [
      'the other one of two that hardly differ',
      [found('Crack', 0.8, [10, 10, 40, 20])],
      [found('Crack', 0.79, [20, 10, 40, 20])],
    ],
    [
      'what the other one of the two does not suppress',
      [found('Crack', 0.8, [10, 10, 40, 20])],
      [found('Crack', 0.79, [18, 10, 40, 20]), found('Crack', 0.5, [0, 10, 40, 20])],
    ],
    ['one whose overlap is about the limit', [crack, found('Crack', 0.6, [24, 10, 40, 20])], [crack]],
  ])('hold with %s', (_, expected, answered) => {
    expect(broken(expected, answered)).toBeUndefined();
    expect(broken(answered, expected)).toBeUndefined();
  });

  it.each<[string, Detection[], Detection[], RegExp]>([
    [
      'a detection that is missing',
      [crack, fray],
      [crack],
      /"Fray" \(0\.600\) at 60\.0, 60\.0 of 30\.0x30\.0 is expected within 0\.02, nothing is there/,
    ],
    ['one too many', [crack], [crack, fray], /"Fray" .* is found and not expected/],
    ['another label', [crack], [{ ...crack, label: 'Break' }], /"Crack" .* is expected.*nearest is "Break"/],
    ['another confidence', [crack], [{ ...crack, confidence: 0.7 }], /nearest is "Crack" \(0\.700\)/],
    ['another place', [crack], [found('Crack', 0.8, [30, 30, 40, 20])], /is expected/],
    [
      'a far lower one at the place of another',
      [crack],
      [found('Crack', 0.5, [20, 10, 40, 20])],
      /is expected/,
    ],
  ])('break with %s', (_, expected, answered, sentence) => {
    expect(broken(expected, answered)).toMatch(sentence);
  });

  it('know each label’s own threshold', () => {
    const byLabel = specOf({ threshold: [0.3, 0.7, 0.3] });
    expect(broken([crack, fray], [crack], byLabel)).toBeUndefined();
  });

  it('excuse nothing where the model does not suppress', () => {
    const queries = specOf({ format: 'detr', boxes: 'b', logits: 'l', threshold: 0.3 });
    const moved = found('Crack', 0.79, [20, 10, 40, 20]);
    expect(broken([crack], [moved], queries)).toEqual(expect.any(String));
  });
});

describe('answers that show a wrong description', () => {
  const implausible = detection.golden.implausible;

  it.each<[string, Parameters<typeof implausible>, RegExp]>([
    ['raw scores', [[answerOf(found('Crack', 3.2, [1, 1, 9, 9]))], spec], /3\.200, which is above 1/],
    [
      'shares of the input',
      [[answerOf(found('Crack', 0.8, [0.1, 0.1, 0.5, 0.4]))], spec],
      /shares of the input/,
    ],
    [
      'a sigmoid of scores that had theirs',
      [
        [{ ...answerOf(found('Crack', 0.62, [1, 1, 50, 50])), candidatesCut: 9 }],
        specOf({ scoreActivation: 'sigmoid' }),
      ],
      /applied the sigmoid .* already/,
    ],
  ])('%s', (_, [answers, output], sentence) => {
    expect(implausible(answers, output)).toMatch(sentence);
  });

  it('none where boxes and scores are what they should be', () => {
    expect(implausible([answerOf(crack, fray), answerOf()], spec)).toBeUndefined();
    expect(implausible([], spec)).toBeUndefined();
  });
});
