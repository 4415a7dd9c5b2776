import { err, ok, type Result } from './result.js';

/** One condition of a selector; all of them must hold. */
export type Condition =
  | {
      readonly kind: 'in';
      readonly key: string;
      readonly values: readonly string[];
      readonly negated: boolean;
    }
  | { readonly kind: 'has'; readonly key: string; readonly negated: boolean };

export type Selector = readonly Condition[];

const KEY = '[a-z][a-z0-9_.-]*';
/** Labels have no `@` and `:`; versions and actors (`admin:NAME`) do. */
const VALUE = '[A-Za-z0-9][A-Za-z0-9_.:@-]*';
const TERMS = {
  equals: new RegExp(`^(${KEY})\\s*(=|!=)\\s*(${VALUE})$`),
  in: new RegExp(`^(${KEY})\\s+(in|notin)\\s*\\(\\s*(${VALUE}(?:\\s*,\\s*${VALUE})*)\\s*\\)$`),
  has: new RegExp(`^(!?)\\s*(${KEY})$`),
};

/**
 * Parses `site=osaka,line in (a,b),arch=arm64,!retired`: a device is selected where every condition holds. Keys are
 * labels and facts (`id`, `arch`, `platform`, `cores`, `online`, `retired`). An empty text selects every device.
 */
export function parseSelector(text: string): Result<Selector, string> {
  if (text.length > 1000) return err('a selector has at most 1000 characters');
  const conditions: Condition[] = [];
  // A comma inside parentheses separates values, not conditions.
  for (const raw of text.split(/,(?![^(]*\))/)) {
    const term = raw.trim();
    if (term === '') {
      if (text.trim() === '') continue;
      return err(`empty condition in selector "${text}"`);
    }
    const condition = parseCondition(term);
    if (!condition) {
      return err(
        `cannot read "${term}": write key=value, key!=value, key in (a,b), key notin (a,b), key or !key`,
      );
    }
    conditions.push(condition);
  }
  return ok(conditions);
}

function parseCondition(term: string): Condition | undefined {
  const equals = TERMS.equals.exec(term);
  if (equals)
    return { kind: 'in', key: equals[1] ?? '', values: [equals[3] ?? ''], negated: equals[2] === '!=' };
  const within = TERMS.in.exec(term);
  if (within) {
    const values = (within[3] ?? '').split(',').map((value) => value.trim());
    return { kind: 'in', key: within[1] ?? '', values, negated: within[2] === 'notin' };
  }
  const has = TERMS.has.exec(term);
  return has ? { kind: 'has', key: has[2] ?? '', negated: has[1] === '!' } : undefined;
}

/** Does a device with these labels and facts match? Booleans are the texts `true` and absent. */
export function matchesSelector(selector: Selector, attributes: Readonly<Record<string, string>>): boolean {
  return selector.every((condition) => {
    const value = Object.hasOwn(attributes, condition.key) ? attributes[condition.key] : undefined;
    const holds =
      condition.kind === 'has'
        ? value !== undefined
        : value !== undefined && condition.values.includes(value);
    return holds !== condition.negated;
  });
}
