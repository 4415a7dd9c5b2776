/** What the header of one picture in the formats PPM (P6) and PGM (P5) says. */
export interface PnmHeader {
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 3;
  readonly lengthBytes: number;
}

/** No header that ffmpeg writes is longer. */
export const PNM_HEADER_MOST = 32;
const HEADER = /^P([56])\s(\d{1,6})\s(\d{1,6})\s255\s/;
const BEGINNING = /^(P([56](\s(\d{1,6}(\s(\d{1,6}(\s(2(5(5)?)?)?)?)?)?)?)?)?)?$/;

/** Null where it is not whole yet; undefined where it is none. */
export function pnmHeader(bytes: Uint8Array): PnmHeader | null | undefined {
  const text = Buffer.from(bytes.subarray(0, PNM_HEADER_MOST)).toString('latin1');
  const match = HEADER.exec(text);
  if (!match) return BEGINNING.test(text) ? null : undefined;
  const [all, kind, width, height] = match;
  return {
    ...{ width: Number(width), height: Number(height) },
    ...{ channels: kind === '6' ? 3 : 1, lengthBytes: all.length },
  };
}
