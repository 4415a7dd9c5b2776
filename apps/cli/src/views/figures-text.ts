import type { VariantFigures } from '@hamon/contracts';

/** Heads of the columns that `figureCells` fills. */
export const FIGURE_HEADS = ['P50 MS', 'P95 MS', 'ALL CORES P50', 'P95', 'RSS MB', 'LOAD MS', 'AGREES'];

/** What was measured of a variant, a cell per head. */
export function figureCells({
  oneThread,
  allThreads,
  rssMb,
  loadMs,
  samples,
  agreement,
}: VariantFigures): string[] {
  return [
    ms(oneThread.p50Ms),
    ms(oneThread.p95Ms),
    allThreads ? ms(allThreads.p50Ms) : '-',
    allThreads ? ms(allThreads.p95Ms) : '-',
    rssMb.toFixed(0),
    loadMs.toFixed(0),
    agreement === undefined ? '-' : `${(agreement * 100).toFixed(1)} % of ${samples}`,
  ];
}

const ms = (value: number): string => (value < 10 ? value.toFixed(3) : value.toFixed(1));
