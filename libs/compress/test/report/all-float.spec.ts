import { describe, expect, it } from 'vitest';
import { allFloatOf } from '../../src/report/all-float.js';
import type { CompressReport } from '../../src/report/compress-report.js';
import { variantTable } from '../../src/report/html/variant-table.js';

const variant = (name: string, notes: object) => ({
  name,
  notes,
  sha256: name,
  bytes: 1,
  rssMb: 1,
  latency: { oneThread: { p50Ms: 1, p95Ms: 1, ratio: 1 } },
});
const report = {
  variants: [
    variant('fp32', {}),
    variant('int8-static', { quantizedLayers: ['head'] }),
    variant('int8-mixed', { quantizedLayers: [] }),
  ],
  selection: { kind: 'chosen', variant: 'int8-mixed' },
  paretoFront: [],
} as unknown as CompressReport;

describe('a quantized variant whose layers all stayed float', () => {
  it('is told from others', () => {
    expect(allFloatOf(report)).toEqual(['int8-mixed']);
  });

  it('is marked in the table, even where it was chosen', () => {
    expect(variantTable(report).split('no layer in int8')).toHaveLength(2);
  });
});
