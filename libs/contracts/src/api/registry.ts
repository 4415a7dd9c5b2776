import { z } from 'zod';
import { BundleDocument, BundlePath, ORIGINAL_VARIANT } from '../bundle.js';
import { CompressionReport } from '../compression-report.js';
import { ModelName, Sha256, Timestamp, VariantName, VersionName } from '../names.js';
import { RetiredView } from './common.js';
import { TaskName } from '../tasks/tasks.js';
import { UnfitVariantView } from '../benchmark.js';
import { VariantProfileView } from '../variant-figures.js';

export const CreateModel = z.strictObject({ name: ModelName, task: TaskName });
export type CreateModel = z.infer<typeof CreateModel>;

export const ModelView = z.object({
  name: ModelName,
  task: z.string(),
  createdAt: Timestamp,
  /** The version that answers `POST /v1/inference/{model}`. */
  cloud: z.object({ version: VersionName, variant: VariantName }).nullable(),
});
export type ModelView = z.infer<typeof ModelView>;

export const SetCloudModel = z.strictObject({
  version: VersionName,
  variant: VariantName.default(ORIGINAL_VARIANT),
});
export type SetCloudModel = z.infer<typeof SetCloudModel>;

/** One uploaded file of a bundle folder; its bytes were put to `artifacts/{sha256}` before. */
export const BundleFile = z.strictObject({ path: BundlePath, sha256: Sha256, length: z.int().min(0) });
export type BundleFile = z.infer<typeof BundleFile>;

export const PushVersion = z.strictObject({
  version: VersionName,
  bundle: BundleDocument,
  /** Every file of the bundle but `bundle.json`. */
  files: z.array(BundleFile).min(1).max(256),
  /** How the variants were made and what they measured there; see `hamon compress`. */
  report: CompressionReport.optional(),
});
export type PushVersion = Omit<z.infer<typeof PushVersion>, 'bundle'> & { readonly bundle: BundleDocument };

export const VERSION_STATES = ['draft', 'validated', 'released', 'retired'] as const;
export const VersionState = z.enum(VERSION_STATES);
export type VersionState = z.infer<typeof VersionState>;

export const VariantView = z.object({
  name: VariantName,
  /** Bundle digest of this variant. */
  bundle: Sha256,
  /** All files of the bundle. */
  lengthBytes: z.int(),
  modelBytes: z.int(),
});
export type VariantView = z.infer<typeof VariantView>;

export const VersionView = z.object({
  model: ModelName,
  version: VersionName,
  state: VersionState,
  labels: z.array(z.string()),
  variants: z.array(VariantView),
  createdAt: Timestamp,
  validatedAt: Timestamp.nullable(),
  releasedAt: Timestamp.nullable(),
  /** Since when nothing new starts with it; null while it may be used. */
  retired: RetiredView.nullable(),
  /** How its variants were made, null where it was pushed without a report; lists leave it out. */
  provenance: CompressionReport.nullable().optional(),
  /** What was measured where; of a single version, not in lists. */
  profiles: z.array(VariantProfileView).exactOptional(),
  /** Where a variant is never chosen, whatever was measured; of a single version, not in lists. */
  unfit: z.array(UnfitVariantView).exactOptional(),
});
export type VersionView = z.infer<typeof VersionView>;
