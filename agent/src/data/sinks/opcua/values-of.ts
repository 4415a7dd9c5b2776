import type { ResultRecord } from '@hamon/contracts';
import { answerSummary } from '../../answer-summary.js';
import { fittedRecord } from '../fitted-record.js';
import type { StreamValues } from './messages.js';

const MAX_ANSWER_BYTES = 64 * 1024;

/** What clients read of a record. */
export function valuesOf(record: ResultRecord, frames: number): StreamValues {
  const { id, at, verdict, frame, error } = record;
  const { record: fitted } = fittedRecord(record, MAX_ANSWER_BYTES);
  return {
    ...(verdict && { verdict }),
    ...(fitted.result && answerOf(fitted.result)),
    ...(frame !== undefined && { frame }),
    ...(id !== undefined && { id }),
    ...(error && { error: `${error.code}: ${error.detail}` }),
    ...(!error && fitted.error && { error: `${fitted.error.code}: ${fitted.error.detail}` }),
    ...{ time: at, frames },
  };
}

function answerOf(result: NonNullable<ResultRecord['result']>): Partial<StreamValues> {
  const { label, confidence, score, count } = answerSummary(result);
  return {
    ...(label !== undefined && { label }),
    ...(confidence !== undefined && { confidence }),
    ...(score !== undefined && { score }),
    ...(count !== undefined && { count }),
    answer: JSON.stringify(result.output),
    model: `${result.model}@${result.version}`,
  };
}
