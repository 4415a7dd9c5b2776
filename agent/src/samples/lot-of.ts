import { createHash } from 'node:crypto';

/**
 * A number in [0, 1) for an answer: the same for the same answer, whenever and however often it is drawn, and as good as
 * random over many.
 */
export const lotOf = (stream: string, id: string): number =>
  createHash('sha256').update(`sample\0${stream}\0${id}`).digest().readUIntBE(0, 6) / 2 ** 48;
