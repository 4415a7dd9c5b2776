import { z } from 'zod';

const perDay = z.int().min(1).max(100_000);
const share = z.number().min(0).max(1);

/** Which pictures of a stream are kept on the device, each reason with its daily number. */
export const SamplePolicy = z.strictObject({
  defects: z.strictObject({ perDay: perDay.default(200) }).exactOptional(),
  lowConfidence: z.strictObject({ below: share.default(0.5), perDay: perDay.default(100) }).exactOptional(),
  /** Of edge and cloud, or of the shadow and the version that answers. */
  disagreement: z.strictObject({ perDay: perDay.default(100) }).exactOptional(),
  /** While the stream is in drift alarm. */
  drift: z.strictObject({ perDay: perDay.default(100) }).exactOptional(),
  random: z.strictObject({ share: share.default(0.001), perDay: perDay.default(50) }).exactOptional(),
});
export type SamplePolicy = z.infer<typeof SamplePolicy>;

/** What kept pictures may take on the device; the oldest go first. */
export const SampleQuota = z.strictObject({
  maxMb: z.number().min(1).max(1_000_000).default(512),
  maxDays: z.number().min(0.01).max(3650).default(30),
  /** Nothing is kept that would leave less than this free. */
  minFreeMb: z.number().min(0).default(256),
});
export type SampleQuota = z.infer<typeof SampleQuota>;
