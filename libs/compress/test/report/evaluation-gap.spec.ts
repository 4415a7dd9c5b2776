import { describe, expect, it } from 'vitest';
import { parseRecipe } from '../../src/recipe/read-recipe.js';
import type { CompressReport } from '../../src/report/compress-report.js';
import { evaluationGapOf } from '../../src/report/evaluation-gap.js';

const report = (accuracies: Readonly<Record<string, number | undefined>>, chosen?: string) =>
  ({
    provenance: { recipe: parseRecipe({ variants: ['fp16'] }) },
    selection: chosen === undefined ? { kind: 'none', rejected: [] } : { kind: 'chosen', variant: chosen },
    variants: Object.entries(accuracies).map(([name, accuracy]) => ({
      name,
      ...(accuracy === undefined ? {} : { evaluation: { samples: 100, accuracy } }),
    })),
  }) as unknown as CompressReport;

describe('what evaluation images say about the choice', () => {
  it('is told where the chosen variant loses more than it may', () => {
    const gap = evaluationGapOf(report({ fp32: 0.95, small: 0.93 }, 'small'));
    expect(gap).toMatchObject({ variant: 'small', limit: 0.01 });
    expect(gap?.lost).toBeCloseTo(0.02, 9);
  });

  it.each([
    ['it keeps to the limit, to the last bit', { fp32: 0.95, small: 0.94 }, 'small'],
    ['another one loses it', { fp32: 0.95, small: 0.5, good: 0.95 }, 'good'],
    ['there are no labels', { fp32: undefined, small: undefined }, 'small'],
    ['nothing was chosen', { fp32: 0.95, small: 0.5 }, undefined],
  ])('is nothing where %s', (_what, accuracies, chosen) => {
    expect(evaluationGapOf(report(accuracies, chosen))).toBeUndefined();
  });
});
