import { sampleCharge, SampleMeta } from '@hamon/contracts';
import { z } from 'zod';

/** `hamon.kept-sample/1`: one picture's file of the device's own: what is said of it, and what became of it. */
export const KeptSample = z.strictObject({
  schema: z.literal('hamon.kept-sample/1'),
  meta: SampleMeta,
  /** When the control plane had it. */
  uploadedAt: z.iso.datetime().nullable(),
  /** Why the control plane does not want this one; it is not sent again. */
  refused: z.string().max(500).nullable(),
});
export type KeptSample = Omit<z.infer<typeof KeptSample>, 'meta'> & { readonly meta: SampleMeta };

/** What is known of each without reading its file. */
export interface SampleEntry {
  /** In order of time: a page of a list begins after one of these. */
  readonly key: string;
  readonly id: string;
  readonly stream: string;
  readonly atMs: number;
  readonly sha256: string;
  /** Of the picture. */
  readonly bytes: number;
  /** Of its file of metadata. */
  readonly metaBytes: number;
  readonly isOpen: boolean;
}

/** Digits enough until the year 5138. */
const TIME_DIGITS = 14;
export const KEY = /^\d{14}-[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

export const keyOf = ({ at, id }: Pick<SampleMeta, 'at' | 'id'>): string =>
  `${String(Math.max(0, Date.parse(at))).padStart(TIME_DIGITS, '0')}-${id}`;

export const entryOf = ({ meta, uploadedAt, refused }: KeptSample, metaBytes: number): SampleEntry => ({
  key: keyOf(meta),
  id: meta.id,
  stream: meta.stream,
  atMs: Date.parse(meta.at),
  sha256: meta.sha256,
  bytes: meta.bytes,
  metaBytes,
  isOpen: uploadedAt === null && refused === null,
});

/** Bytes of a sample's file of metadata. */
export const metaBytesOf = (sample: KeptSample): number => Buffer.byteLength(JSON.stringify(sample));

/** Of the bytes of a day: a little above what the control plane counts, which is not sent what became of the sample. */
export const chargeOf = ({ bytes, metaBytes }: SampleEntry): number => sampleCharge(bytes, metaBytes);
