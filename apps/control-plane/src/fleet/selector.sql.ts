import { DEVICE_HEALTH, type Selector } from '@hamon/contracts';
import { requireWords, textCondition, whereSql, type ConditionSql } from '../platform/http/where.js';

/** Facts as the texts that selectors compare (`matchesSelector`); booleans are `true` or absent. */
const FACTS: Readonly<Record<string, string>> = {
  id: 'd.id',
  arch: `d.facts->>'arch'`,
  platform: `d.facts->>'platform'`,
  cores: `d.facts->>'cores'`,
  online: `CASE WHEN d.online THEN 'true' END`,
  retired: `CASE WHEN d.retired_at IS NOT NULL THEN 'true' END`,
};

/** A condition on `devices d`. */
export const deviceCondition: ConditionSql = (condition, bind) => {
  // Own members only: `constructor` is a label like any other.
  const fact = Object.hasOwn(FACTS, condition.key) ? FACTS[condition.key] : undefined;
  if (fact !== undefined) return textCondition(fact, condition, bind);
  const { key } = condition;
  const holds =
    condition.kind === 'has'
      ? `d.labels ? ${bind(key)}::text`
      : // Containment, each value by itself: only that form can use the index on the labels.
        condition.values.map((value) => `d.labels @> ${bind({ [key]: value })}::jsonb`).join(' OR ');
  return condition.negated ? `NOT (${holds})` : holds;
};

/**
 * The same for a list, which can also ask for `health` and for its cause (`trouble`): the words that `healthOf`
 * gives. Rollouts cannot: health changes by the minute, and a cohort is chosen for longer.
 *
 * @param serverKeyId of the key that signs manifests here
 */
export const listedDeviceCondition =
  (serverKeyId: string): ConditionSql =>
  (condition, bind) => {
    const { key } = condition;
    if (key !== 'health' && key !== 'trouble') return deviceCondition(condition, bind);
    if (key === 'health') requireWords(condition, DEVICE_HEALTH);
    const word = `d.health ->> 'word'`;
    const isOfOtherKey = `d.reported ->> 'keyId' <> ${bind(serverKeyId)}::text AND ${word} IS DISTINCT FROM 'failing'`;
    const text =
      key === 'health'
        ? `CASE WHEN NOT d.online THEN 'offline' WHEN ${isOfOtherKey} THEN 'degraded' ELSE coalesce(${word}, 'ok') END`
        : `CASE WHEN NOT d.online THEN NULL WHEN ${isOfOtherKey} THEN 'other-manifest-key'
                WHEN ${word} IN ('degraded', 'failing') THEN d.health ->> 'code' END`;
    return textCondition(text, condition, bind);
  };

/** A selector as a condition on `devices d`; see `whereSql`. */
export const selectorSql = (selector: Selector, parameters: unknown[]): string =>
  whereSql(selector, parameters, deviceCondition);
