import { longestFirst, secretForms, withoutSecrets } from '../../../secret-forms.js';

const LOGIN = /([a-z][a-z0-9+.-]*:\/\/)[^\s/@'"]*@/gi;
const QUERY = /([a-z][a-z0-9+.-]*:\/\/[^\s?'"]*)\?[^\s'"]*/gi;
const LEAST_CHARACTERS = 3;

/** A program's message without log-ins, the queries of addresses, which may hold a token, and these secrets. */
export function scrub(line: string, secrets: readonly string[] = []): string {
  const long = secrets.filter(({ length }) => length >= LEAST_CHARACTERS);
  const text = withoutSecrets(line, longestFirst(long.flatMap(secretForms)));
  return text.replace(LOGIN, '$1').replace(QUERY, '$1');
}
