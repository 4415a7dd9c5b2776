import { parseSelector, type Condition, type Selector } from '@hamon/contracts';
import { ControlPlaneError } from '../errors.js';

/** Puts a value among the statement's parameters and answers its placeholder. */
export type Bind = (value: unknown) => string;

/** Turns one condition of a selector into SQL. */
export type ConditionSql = (condition: Condition, bind: Bind) => string;

/** A selector expression from outside, or a problem that names the rule. */
export function readSelector(expression: string): Selector {
  const parsed = parseSelector(expression);
  return parsed.ok ? parsed.value : refuse(parsed.error);
}

/**
 * A selector as a condition on rows. What the caller wrote goes into `parameters`, never into the text.
 *
 * @param parameters those of the whole statement; the selector's are appended
 */
export function whereSql(selector: Selector, parameters: unknown[], condition: ConditionSql): string {
  const bind: Bind = (value) => `$${parameters.push(value)}`;
  const terms = selector.map((one) => `(${condition(one, bind)})`);
  return terms.length === 0 ? 'true' : terms.join(' AND ');
}

/** A text expression, and its words where they are a closed set: a mistyped word would match nothing and look harmless. */
export type Field = string | { readonly sql: string; readonly words: readonly string[] };

/** Conditions on named fields; anything else is refused by name. */
export const fieldCondition =
  (fields: Readonly<Record<string, Field>>): ConditionSql =>
  (condition, bind) => {
    const field = Object.hasOwn(fields, condition.key) ? fields[condition.key] : undefined;
    if (typeof field === 'string') return textCondition(field, condition, bind);
    if (field !== undefined) {
      requireWords(condition, field.words);
      return textCondition(field.sql, condition, bind);
    }
    return refuse(`there is no "${condition.key}" here; it can ask for ${Object.keys(fields).join(', ')}`);
  };

/** @param value a text expression; null where the row has no such thing */
export function textCondition(value: string, condition: Condition, bind: Bind): string {
  const holds =
    condition.kind === 'has'
      ? `(${value}) IS NOT NULL`
      : // Without coalesce an absent value would make the whole condition unknown, also when negated.
        `coalesce((${value}) = ANY(${bind([...condition.values])}::text[]), false)`;
  return condition.negated ? `NOT (${holds})` : holds;
}

/** @throws ControlPlaneError where it asks for a word that is not in the set */
export function requireWords(condition: Condition, words: readonly string[]): void {
  if (condition.kind === 'has') return;
  const unknown = condition.values.find((value) => !words.includes(value));
  if (unknown !== undefined) {
    refuse(`"${unknown}" is no ${condition.key}; it can be ${words.join(', ')}`);
  }
}

function refuse(rule: string): never {
  throw new ControlPlaneError('invalid-request', `where: ${rule}`, { errors: [{ field: 'where', rule }] });
}
