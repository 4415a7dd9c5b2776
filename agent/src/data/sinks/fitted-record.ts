import type { ResultRecord } from '@hamon/contracts';
import { shortenedResult } from '../shortened-result.js';

/** A record as a sink writes it. */
export interface FittedRecord {
  readonly record: ResultRecord;
  readonly text: string;
  /** Something was left out for want of room. */
  readonly isShortened: boolean;
}

/**
 * The record itself where it fits. Otherwise the result without the pixels of its mask (`rle` is empty then), and where
 * that is still too much (thousands of probabilities, a thousand boxes) an error that says so in its place.
 */
export function fittedRecord(record: ResultRecord, maxBytes: number): FittedRecord {
  const text = JSON.stringify(record);
  const lengthBytes = Buffer.byteLength(text);
  if (lengthBytes <= maxBytes) return { record, text, isShortened: false };
  const shorter = record.result && { ...record, result: shortenedResult(record.result) };
  if (shorter) {
    const shorterText = JSON.stringify(shorter);
    const fits = Buffer.byteLength(shorterText) <= maxBytes;
    if (fits) return { record: shorter, text: shorterText, isShortened: true };
  }
  const { result: _result, ...rest } = record;
  const detail = `the answer takes ${lengthBytes} bytes, ${maxBytes} at most are kept here`;
  const error = { ...rest, error: { code: 'too-large', detail } };
  return { record: error, text: JSON.stringify(error), isShortened: true };
}
