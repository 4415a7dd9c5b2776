const LOGIN = /([a-z][a-z0-9+.-]*:\/\/)[^\s/@'"]*@/gi;
const QUERY = /([a-z][a-z0-9+.-]*:\/\/[^\s?'"]*)\?[^\s'"]*/gi;
const LEAST_CHARACTERS = 3;

/** A program's message without log-ins, the queries of addresses, which may hold a token, and these secrets. */
export function scrub(line: string, secrets: readonly string[] = []): string {
  let text = line;
  for (const secret of secrets) {
    if (secret.length < LEAST_CHARACTERS) continue;
    for (const form of [secret, encodeURIComponent(secret), encodeURI(secret)]) {
      text = text.replaceAll(form, '***');
    }
  }
  return text.replace(LOGIN, '$1').replace(QUERY, '$1');
}
