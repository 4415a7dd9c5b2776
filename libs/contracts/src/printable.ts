/** Control characters, line and paragraph separators, and characters that change the direction of text. */
// eslint-disable-next-line no-control-regex -- they are what is looked for
const UNSAFE = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

const SHORT: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/** As JSON and JavaScript write them. */
const escaped = (character: string): string =>
  SHORT[character] ?? `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;

/**
 * Text of a peer as one line that is safe for a terminal: characters that could rewrite an operator's screen, or pass for
 * a line of their own, are shown as escapes.
 */
export const printable = (text: string): string => text.replace(UNSAFE, escaped);

/** The same for a JSON document, which stays the same document. */
export const printableJson = (json: string): string =>
  json.replace(/[\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g, escaped);
