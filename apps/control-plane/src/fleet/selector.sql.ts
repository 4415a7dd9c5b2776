import type { Condition, Selector } from '@hamon/contracts';

/** Facts as the texts that selectors compare (`matchesSelector`); booleans are `true` or absent. */
const FACTS: Readonly<Record<string, string>> = {
  id: 'd.id',
  arch: `d.facts->>'arch'`,
  platform: `d.facts->>'platform'`,
  cores: `d.facts->>'cores'`,
  online: `CASE WHEN d.online THEN 'true' END`,
  retired: `CASE WHEN d.retired_at IS NOT NULL THEN 'true' END`,
};

/**
 * A selector as a condition on `devices d`. What the caller wrote goes into `parameters`, never into the text.
 *
 * @param parameters those of the whole statement; the selector's are appended
 */
export function selectorSql(selector: Selector, parameters: unknown[]): string {
  const bind = (value: unknown): string => `$${parameters.push(value)}`;
  const terms = selector.map((condition) => termOf(condition, bind));
  return terms.length === 0 ? 'true' : terms.join(' AND ');
}

function termOf(condition: Condition, bind: (value: unknown) => string): string {
  // Own members only: `constructor` is a label like any other.
  const fact = Object.hasOwn(FACTS, condition.key) ? FACTS[condition.key] : undefined;
  const value = fact ?? `d.labels->>${bind(condition.key)}::text`;
  const holds =
    condition.kind === 'has'
      ? `(${value}) IS NOT NULL`
      : // Without coalesce an absent label would make the whole condition unknown, also when negated.
        `coalesce((${value}) = ANY(${bind([...condition.values])}::text[]), false)`;
  return condition.negated ? `NOT (${holds})` : `(${holds})`;
}
