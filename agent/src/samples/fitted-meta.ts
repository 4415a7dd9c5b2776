import { MAX_SAMPLE_META_BYTES, type SampleMeta } from '@hamon/contracts';
import { shortenedResult } from '../data/shortened-result.js';

/**
 * What is said of a sample within its bytes: without the pixels of masks where it is too much, then without the answer that
 * disagreed, then without any.
 */
export function fittedMeta(meta: SampleMeta, maxBytes = MAX_SAMPLE_META_BYTES): SampleMeta {
  const { result, other, ...rest } = meta;
  const bare = {
    ...rest,
    ...(result && { result: shortenedResult(result) }),
    ...(other && { other: shortenedResult(other) }),
  };
  const { other: _, ...alone } = bare;
  const steps: SampleMeta[] = [
    meta,
    ...[bare, alone, rest].map((one) => ({ ...one, isShortened: true as const })),
  ];
  return (
    steps.find((one) => Buffer.byteLength(JSON.stringify(one)) <= maxBytes) ?? (steps.at(-1) as SampleMeta)
  );
}
