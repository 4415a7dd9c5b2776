/** A word of a unit's command line, as systemd reads it back (systemd.service(5), "Command lines"; systemd.syntax(7)). */
export function commandWord(text: string): string {
  const literal = lineValue(text).replaceAll('$', '$$$$');
  return /^[\w@%+=:,./$-]+$/.test(literal) ? literal : quoted(literal);
}

/** A path in a list of paths. */
export function pathWord(path: string): string {
  const literal = lineValue(path);
  return /^[\w@%+=:,./-]+$/.test(literal) ? literal : quoted(literal);
}

/** A path that is all of its line, where quotes would be part of it; `%` would begin a specifier. */
export const lineValue = (path: string): string => path.replaceAll('%', '%%');

/** Quotes keep spaces and colons. */
export const quoted = (text: string): string => `"${text.replaceAll('"', '\\"')}"`;

/** What no line of a unit file can hold everywhere: it would end there, go on in the next one, or be unescaped. */
// eslint-disable-next-line no-control-regex
const UNFIT = /[\u0000-\u001f\u007f\\]/;

export const isFitForUnit = (text: string): boolean => !UNFIT.test(text);
