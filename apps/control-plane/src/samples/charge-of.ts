import { sampleCharge, type SampleMeta } from '@hamon/contracts';

/** Of the budgets, by what is stored: the row's metadata may be many times its picture. */
export const chargeOf = (meta: SampleMeta): number =>
  sampleCharge(meta.bytes, Buffer.byteLength(JSON.stringify(meta)));
