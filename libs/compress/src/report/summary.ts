import type { Quality } from '../measure/quality.js';
import type { CompressReport, VariantReport } from './compress-report.js';

/** One variant as scripts read it. */
export interface VariantSummary {
  readonly name: string;
  readonly file: string;
  readonly bytes: number;
  /** In the measure of the model's task, on the samples of `--evaluate`. */
  readonly quality?: NonNullable<Quality['quality']>;
  readonly accuracy?: number;
  readonly balancedAccuracy?: number;
  readonly agreement?: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly rssMb: number;
  readonly macs?: number;
}

/** What `hamon compress` says last, under the schema `hamon.compress/1`: the original first, latencies at one thread. */
export const summaryOf = ({
  variants,
}: CompressReport): { readonly variants: readonly VariantSummary[] } => ({
  variants: variants.map(summaryOfVariant),
});

function summaryOfVariant({
  name,
  file,
  bytes,
  evaluation,
  latency,
  rssMb,
  macs,
}: VariantReport): VariantSummary {
  const { quality, accuracy, balancedAccuracy, agreement } = evaluation ?? {};
  return {
    name,
    file,
    bytes,
    ...(quality === undefined ? {} : { quality }),
    ...(accuracy === undefined ? {} : { accuracy }),
    ...(balancedAccuracy === undefined ? {} : { balancedAccuracy }),
    ...(agreement === undefined ? {} : { agreement }),
    p50Ms: latency.oneThread.p50Ms,
    p95Ms: latency.oneThread.p95Ms,
    rssMb,
    ...(macs === undefined ? {} : { macs }),
  };
}
