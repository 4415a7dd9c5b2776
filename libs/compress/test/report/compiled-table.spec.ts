import { describe, expect, it } from 'vitest';
import type { CompiledReport } from '../../src/compile/compiled-report.js';
import type { CompressReport } from '../../src/report/compress-report.js';
import { compiledTable } from '../../src/report/html/compiled-table.js';

const form = (more: Partial<CompiledReport>): CompiledReport => ({
  variant: 'fp32',
  bytes: 1000,
  sha256: '',
  payoffs: [],
  latency: { threads: 1, rounds: 15, runs: 1500, p50Ms: 1, p95Ms: 1, ratio: 1 },
  latencyRatio: 1,
  loadMs: 20,
  variantLoadMs: 40,
  loadRatio: 0.5,
  largestDifference: 0,
  hardwareClass: 'x64',
  onnxruntime: '1.30.0',
  executionProvider: 'cpu',
  operators: [],
  limits: ['for onnxruntime 1.30.0', 'for class x64'],
  ...more,
});
const table = (...compiled: CompiledReport[]): string =>
  compiledTable({ compiled } as unknown as CompressReport);

describe('the table of compiled forms', () => {
  it('is not there without any', () => {
    expect(table()).toBe('');
  });

  it('says what was not kept, and nothing of limits then', () => {
    const html = table(form({}));
    expect(html).toContain('not kept');
    expect(html).not.toContain('for class x64');
  });

  it('names kept files once, each limit once, and operators that bind them', () => {
    const kept = { payoffs: ['load'], operators: ['com.microsoft.nchwc.Conv'] } as const;
    const html = table(
      form({ ...kept, file: 'compiled/x64/model.fp32.onnx' }),
      form({ ...kept, variant: 'fp16<', file: 'compiled/x64/model.fp16.onnx' }),
    );
    expect(html).toContain('loads faster');
    for (const text of [
      'compiled/x64/model.fp32.onnx',
      'compiled/x64/model.fp16.onnx',
      'for class x64',
      'com.microsoft.nchwc.Conv',
    ])
      expect(html.split(text)).toHaveLength(2);
    expect(html).toContain('fp16&lt;');
  });
});
