/**
 * A path below the folder, one character for each byte. File names are bytes, and not always UTF-8: as text they would
 * name other files, or none.
 */
export type RawName = string;

export const rawName = (bytes: Uint8Array): RawName => Buffer.from(bytes).toString('latin1');

export const nameBytes = (raw: RawName): Buffer => Buffer.from(raw, 'latin1');

/** The bytes of a path below a folder. */
export const pathBelow = (folder: string, raw: RawName): Buffer =>
  raw === '' ? Buffer.from(folder) : Buffer.concat([Buffer.from(`${folder}/`), nameBytes(raw)]);

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** As people read it; bytes that are no UTF-8 are shown as `\xE9`. */
export function shownName(raw: RawName): string {
  const bytes = nameBytes(raw);
  try {
    return utf8.decode(bytes);
  } catch {
    return [...bytes].map((byte) => (byte < 0x80 ? String.fromCharCode(byte) : hex(byte))).join('');
  }
}

const hex = (byte: number): string => `\\x${byte.toString(16).toUpperCase().padStart(2, '0')}`;

/** How uploaders call what they are still writing; renamed when it is whole. */
const UNFINISHED = /\.(part|partial|tmp|temp|filepart|crdownload|uploading|writing)$/i;

/** Left alone: hidden files, which are the system's or an uploader's, and what says itself that it is unfinished. */
export const isIgnored = (name: RawName): boolean => name.startsWith('.') || UNFINISHED.test(name);
