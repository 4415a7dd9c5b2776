import { stripVTControlCharacters } from 'node:util';

/** Ideographs, kana, Hangul, full-width forms and pictures: a terminal draws them two columns wide (UAX 11). */
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u;
/** Drawn over the character before them. */
const COMBINING = /\p{Mn}|\p{Me}|[\u200b-\u200d]/u;
const PLAIN = /^[\u0020-\u007e]*$/;

/** Columns that a text takes on a terminal; colours take none. */
export function textWidth(coloured: string): number {
  if (PLAIN.test(coloured)) return coloured.length;
  let width = 0;
  for (const character of stripVTControlCharacters(coloured))
    if (!COMBINING.test(character)) width += WIDE.test(character) ? 2 : 1;
  return width;
}
