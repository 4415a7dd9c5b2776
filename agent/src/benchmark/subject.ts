import type { BundleDocument } from '@hamon/contracts';

/** One variant, installed for measuring alone. */
export interface Subject {
  readonly variant: string;
  /** Digest. */
  readonly bundle: string;
  readonly folder: string;
  readonly document: BundleDocument;
  readonly modelPath: string;
  readonly modelBytes: number;
}
