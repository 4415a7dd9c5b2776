import type { BenchmarkResult } from '@hamon/contracts';

/** What the registry knows of a variant. */
export interface KnownVariant {
  readonly name: string;
  readonly bundleSha256: string;
  readonly modelBytes: number;
}

/** The rule that a device's results break, or undefined. They must be of exactly that version's variants. */
export function checkResults(
  results: readonly BenchmarkResult[],
  variants: readonly KnownVariant[],
): string | undefined {
  const seen = new Set<string>();
  for (const [i, { variant, bundle, figures }] of results.entries()) {
    const known = variants.find(({ name }) => name === variant);
    if (!known) return `results.${i}.variant: the version has no variant "${variant}"`;
    if (seen.has(variant)) return `results.${i}.variant: "${variant}" comes twice`;
    seen.add(variant);
    if (bundle !== known.bundleSha256) return `results.${i}.bundle: is not the bundle of "${variant}"`;
    if (!figures) continue;
    if (figures.bytes !== known.modelBytes) {
      return `results.${i}.figures.bytes: is ${figures.bytes}, the model has ${known.modelBytes}`;
    }
    const latencies = [figures.oneThread, ...(figures.allThreads ? [figures.allThreads] : [])];
    if (latencies.some(({ p50Ms, p95Ms }) => p50Ms > p95Ms)) {
      return `results.${i}.figures: p50Ms must not be above p95Ms`;
    }
    if (figures.oneThread.threads !== 1) return `results.${i}.figures.oneThread.threads: must be 1`;
  }
  const missing = variants.find(({ name }) => !seen.has(name));
  return missing && `results: "${missing.name}" is missing`;
}
