import { messageSpec, type InferenceResult, type ResultRecord } from '@hamon/contracts';

/**
 * The record itself where it fits into a message. Otherwise the result without the pixels of its mask (`rle` is empty then),
 * and where that is still too much (thousands of probabilities, a thousand boxes) an error that says so in its place.
 */
export function fittedRecord(record: ResultRecord): ResultRecord {
  const { maxBytes } = messageSpec('results');
  const length = lengthOf(record);
  if (length <= maxBytes) return record;
  const shorter = record.result && { ...record, result: withoutMask(record.result) };
  if (shorter && lengthOf(shorter) <= maxBytes) return shorter;
  const { result: _result, ...rest } = record;
  const detail = `the answer takes ${length} bytes, a message ${maxBytes} at most`;
  return { ...rest, error: { code: 'too-large', detail } };
}

function withoutMask(result: InferenceResult): InferenceResult {
  const { output } = result;
  if (!('mask' in output)) return result;
  return { ...result, output: { ...output, mask: { ...output.mask, rle: [] } } };
}

const lengthOf = (record: ResultRecord): number => Buffer.byteLength(JSON.stringify(record));
