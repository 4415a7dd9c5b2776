import { SecretRef } from './secret-ref.js';

/** A secret that a configuration names. */
export interface NamedSecret {
  readonly secret: string;
  /** Where it is named. */
  readonly field: readonly (string | number)[];
  /** Where it is sent to or signs for, in small letters; undefined where that is no address. */
  readonly host: string | undefined;
}

/**
 * Read from the document's shape instead of from each kind of source, trigger and sink, so that a new kind cannot be
 * forgotten here: a secret belongs to the `url` beside it.
 */
export function configSecrets(config: object): NamedSecret[] {
  const found: NamedSecret[] = [];
  const visit = (value: unknown, field: NamedSecret['field'], host?: string): void => {
    if (typeof value !== 'object' || value === null) return;
    const named = SecretRef.safeParse(value);
    if (named.success) {
      found.push({ secret: named.data.secret, field, host });
      return;
    }
    const beside = 'url' in value && typeof value.url === 'string' ? hostOf(value.url) : undefined;
    for (const [key, member] of Object.entries(value)) {
      visit(member, [...field, Array.isArray(value) ? Number(key) : key], beside);
    }
  };
  visit(config, []);
  return found;
}

/** What cameras and services call a secret in the query of their address: `pwd`, `loginpas`, `access_token`… */
const SECRET_PARAMETER = /(?:pass?|passw(?:or)?d|passphrase|pwd|token|secret|api[_-]?key)$/i;

/** Addresses that hold a secret in their query, where a configuration would be shown and stored with it. */
export function secretsInQueries(config: object): NamedSecret['field'][] {
  const found: NamedSecret['field'][] = [];
  const visit = (value: unknown, field: NamedSecret['field']): void => {
    if (typeof value !== 'object' || value === null) return;
    for (const [key, member] of Object.entries(value)) {
      const at = [...field, Array.isArray(value) ? Number(key) : key];
      if (key !== 'url' || typeof member !== 'string' || !URL.canParse(member)) visit(member, at);
      else if ([...new URL(member).searchParams.keys()].some((name) => SECRET_PARAMETER.test(name))) {
        found.push(at);
      }
    }
  };
  visit(config, []);
  return found;
}

/** IPv6 without its brackets, as `Host` has it. */
const hostOf = (url: string): string | undefined =>
  URL.canParse(url)
    ? new URL(url).hostname.replace(/^\[(.*)\]$/, '$1').toLowerCase() || undefined
    : undefined;
