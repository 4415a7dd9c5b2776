import { createHash } from 'node:crypto';
import { describeProblems, fieldProblems, PushedConfig } from '@hamon/contracts';
import canonicalize from 'canonicalize';
import { ControlPlaneError } from '../platform/errors.js';

/** A configuration as it was sent; null takes back what was sent before. */
export type ConfigDocument = Readonly<Record<string, unknown>> | null;

/** @throws ControlPlaneError `invalid-request`, naming each field and its rule: also one that holds a secret */
export function checkConfig(config: ConfigDocument): void {
  if (config === null) return;
  const parsed = PushedConfig.safeParse(config);
  if (parsed.success) return;
  const errors = fieldProblems(parsed.error).map(({ field, rule }) => ({
    field: field === '(document)' ? 'config' : `config.${field}`,
    rule,
  }));
  throw new ControlPlaneError('invalid-request', describeProblems(errors), { errors });
}

/** SHA-256 of it in canonical JSON (RFC 8785). */
export const digestOfConfig = (config: ConfigDocument): string =>
  createHash('sha256')
    .update(canonicalize(config) ?? 'null')
    .digest('hex');
