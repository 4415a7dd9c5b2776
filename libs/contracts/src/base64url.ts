import { z } from 'zod';

const ALPHABET = /^[A-Za-z0-9_-]*$/;
/** Allowed last characters where some bits are unused: those with no unused bit set (RFC 4648, 3.5). */
const LAST: Readonly<Record<number, string>> = { 2: 'AQgw', 3: 'AEIMQUYcgkosw048' };

/**
 * Is this the one spelling of its bytes: base64url without padding, white space, or unused bits that are set? Decoders accept
 * the others too, which would give one signature sixteen spellings, and one key as many names.
 */
export function isCanonicalBase64url(text: string): boolean {
  if (!ALPHABET.test(text) || text.length % 4 === 1) return false;
  return LAST[text.length % 4]?.includes(text.slice(-1)) ?? true;
}

export const CANONICAL_RULE = 'must be base64url in its canonical form';

/** Text in the one spelling of its bytes. */
export const base64url = (maxLength: number) =>
  z.string().max(maxLength).refine(isCanonicalBase64url, CANONICAL_RULE);

/** SHA-256 thumbprint of a public key (RFC 7638): the key's name. */
export const KeyId = z
  .string()
  .regex(/^[A-Za-z0-9_-]{43}$/, 'must be the thumbprint of a key, 32 bytes in base64url')
  .refine(isCanonicalBase64url, CANONICAL_RULE);
export type KeyId = z.infer<typeof KeyId>;
