import { SAMPLE_REASONS, TASK_NAMES, type Condition, type SampleQuery } from '@hamon/contracts';
import { fieldCondition, requireWords, type Bind, type ConditionSql } from '../platform/http/where.js';

const fields = fieldCondition({
  id: 's.id::text',
  device: 's.device',
  stream: 's.stream',
  model: 's.model',
  version: 's.version',
  task: { sql: 's.task', words: TASK_NAMES },
  verdict: { sql: 's.verdict', words: ['ok', 'defect'] },
  labelled: `CASE WHEN jsonb_array_length(s.labels) > 0 THEN 'true' END`,
  // For their names in a refusal; they hold lists.
  reason: { sql: 's.reasons[1]', words: SAMPLE_REASONS },
  label: 's.words[1]',
});

/** A condition on `samples s`. */
export const sampleCondition: ConditionSql = (condition, bind) => {
  if (condition.key === 'reason') requireWords(condition, SAMPLE_REASONS);
  if (condition.key === 'reason') return listCondition('s.reasons', condition, bind);
  if (condition.key === 'label') return listCondition('s.words', condition, bind);
  return fields(condition, bind);
};

function listCondition(list: string, condition: Condition, bind: Bind): string {
  const holds =
    condition.kind === 'has'
      ? `cardinality(${list}) > 0`
      : `${list} && ${bind([...condition.values])}::text[]`;
  return condition.negated ? `NOT (${holds})` : holds;
}

/** The other filters of the list, as conditions; what the caller wrote goes into `parameters`. */
export function narrowed(query: SampleQuery, parameters: unknown[]): string[] {
  const bind: Bind = (value) => `$${parameters.push(value)}`;
  const { device, stream, model, version, reason, label, labelled, labelledAs, from, to } = query;
  const conditions = Object.entries({ device, stream, model, version })
    .filter(([, value]) => value !== undefined)
    .map(([column, value]) => `s.${column} = ${bind(value)}`);
  if (reason !== undefined) conditions.push(`s.reasons @> ${bind([reason])}::text[]`);
  if (label !== undefined) conditions.push(`s.words @> ${bind([label])}::text[]`);
  if (labelled !== undefined) {
    conditions.push(`jsonb_array_length(s.labels) ${labelled === 'true' ? '>' : '='} 0`);
  }
  if (labelledAs !== undefined) {
    conditions.push(`s.labels @> ${bind(JSON.stringify([{ task: labelledAs }]))}::jsonb`);
  }
  if (from !== undefined) conditions.push(`s.at >= ${bind(from)}::timestamptz`);
  if (to !== undefined) conditions.push(`s.at < ${bind(to)}::timestamptz`);
  return conditions;
}
