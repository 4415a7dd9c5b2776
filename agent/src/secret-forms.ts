const HIDDEN = '***';

/** How a secret may stand in a message: as it is, in a line of JSON, in an address. */
export const secretForms = (secret: string): readonly string[] => [
  ...new Set([
    secret,
    JSON.stringify(secret).slice(1, -1),
    encodeURI(secret),
    encodeURIComponent(secret),
    percentEncoded(secret),
  ]),
];

/** Longest first: of a secret that another one is part of, the rest would stay. */
export const longestFirst = (forms: Iterable<string>): readonly string[] =>
  [...forms].sort((a, b) => b.length - a.length);

/** @param forms longest first */
export function withoutSecrets(text: string, forms: readonly string[]): string {
  let left = text;
  for (const form of forms) left = left.replaceAll(form, HIDDEN);
  return left;
}

/** As it may stand in any part of an address (RFC 3986, 2.3). */
export const percentEncoded = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
