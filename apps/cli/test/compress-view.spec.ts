import { describe, expect, it } from 'vitest';
import type { CompressReport } from '@hamon/compress';
import pc from 'picocolors';
import { compressText } from '../src/views/compress-view.js';
import { compressReport } from './support/compress-report.js';

const plain = pc.createColors(false);
const remarks = { gap: undefined, allFloat: [] };

/** The report of a task whose variants showed these values of its figure. */
function reportOf(evaluations: readonly object[]): CompressReport {
  const report = compressReport('a'.repeat(64), 1000);
  const [original] = report.variants;
  const variants = evaluations.map((evaluation, at) => ({
    ...original,
    name: at === 0 ? 'fp32' : 'int8-static',
    evaluation,
  }));
  return { ...report, variants } as unknown as CompressReport;
}

const detection = (value: number) => ({
  samples: 200,
  quality: { metric: 'mAP50', value, figures: { mAP50: value, 'AP50.Crack': 0.4 } },
  outputError: 0.01,
});

describe('what hamon compress says', () => {
  it('shows accuracy, balanced accuracy and agreement of a classifier', () => {
    const text = compressText(
      plain,
      compressReport('a'.repeat(64), 1000) as unknown as CompressReport,
      remarks,
      'out',
    );
    expect(text).toMatch(/OF FP32 +ACCURACY +BALANCED +AGREEMENT +P50/);
    expect(text).toMatch(/fp32 \* .* 94\.0 % +90\.0 % +100\.0 %/);
  });

  it('shows the figure of another task under its own name', () => {
    const text = compressText(plain, reportOf([detection(0.574), detection(0.5689)]), remarks, 'out');
    expect(text).toMatch(/OF FP32 +mAP50 +P50/);
    expect(text).toMatch(/int8-static .* 56\.9 %/);
    expect(text).not.toMatch(/ACCURACY|BALANCED|AGREEMENT/);
  });

  it('says in the same figure what the evaluation shows that the choice did not', () => {
    const gap = { variant: 'int8-static', metric: 'mAP50', limit: 0.01, lost: 0.0231 };
    const text = compressText(plain, reportOf([detection(0.574)]), { gap, allFloat: [] }, 'out');
    expect(text).toContain('int8-static loses 2.31 points of mAP50, more than the 1 allowed');
  });
});
