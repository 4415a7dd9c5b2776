import type { BundleDocument, BundleVariant } from '@hamon/contracts';

/** Which variant of which version answers, and how it is fed. */
export interface CloudModelSource {
  readonly key: string;
  readonly versionId: string;
  readonly version: string;
  readonly variant: BundleVariant;
  readonly bundle: BundleDocument;
}

/** A folder that holds the files of one variant, and nothing else. */
export interface LentFolder {
  readonly modelPath: string;
  readonly remove: () => Promise<void>;
}

export type LendFolder = (source: CloudModelSource) => Promise<LentFolder>;
