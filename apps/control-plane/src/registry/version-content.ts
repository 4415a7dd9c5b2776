import { Injectable } from '@nestjs/common';
import type { BundleDocument, PushVersion } from '@hamon/contracts';
import { ControlPlaneError } from '../platform/errors.js';
import { ArtifactStore, type StoredArtifact } from './artifact.store.js';
import { BundleIntake } from './bundle-intake.js';
import { VariantBuilder, type BuiltVariant } from './variant-builder.js';

/** The parts of a version, every file stored. */
export interface StoredContent {
  readonly bundle: BundleDocument;
  /** Every file by path. */
  readonly files: ReadonlyMap<string, StoredArtifact>;
  readonly variants: readonly BuiltVariant[];
}

/** Makes what devices install from what was pushed. */
@Injectable()
export class VersionContent {
  constructor(
    private readonly artifacts: ArtifactStore,
    private readonly intake: BundleIntake,
    private readonly builder: VariantBuilder,
  ) {}

  /** @throws ControlPlaneError where a file was not uploaded, or the bundle does not hold what it says */
  async make(fleet: string, pushed: PushVersion): Promise<StoredContent> {
    const files = await this.uploadedFiles(fleet, pushed);
    const { bundle, newFiles } = await this.intake.validate(fleet, pushed);
    for (const [path, bytes] of newFiles) files.set(path, await this.artifacts.putBytes(bytes));
    const variants: BuiltVariant[] = [];
    for (const variant of bundle.variants) variants.push(await this.builder.build(bundle, variant, files));
    return { bundle, files, variants };
  }

  private async uploadedFiles(fleet: string, { files }: PushVersion): Promise<Map<string, StoredArtifact>> {
    const found = new Map<string, StoredArtifact>();
    for (const [i, { path, sha256, length }] of files.entries()) {
      const stored = await this.artifacts.reserve(fleet, sha256);
      const rule =
        stored === undefined
          ? `"${path}" was not uploaded: PUT /v1/artifacts/${sha256} first`
          : `"${path}" has ${stored} bytes, ${length} were announced`;
      if (stored !== length) {
        const field = `files.${i}`;
        throw new ControlPlaneError('artifact-missing', `${field}: ${rule}`, { errors: [{ field, rule }] });
      }
      found.set(path, { sha256, length });
    }
    return found;
  }
}
