import { Injectable } from '@nestjs/common';
import type { BundleDocument, BundleRef, BundleVariant } from '@hamon/contracts';
import type { ChunkOrigin } from '@hamon/content';
import { must } from '../platform/errors.js';
import { ArtifactStore, type StoredArtifact } from './artifact.store.js';
import { filesOf, variantDocument } from './variant-document.js';

/** One variant as devices install it, its files and index stored. */
export interface BuiltVariant {
  readonly name: string;
  readonly bundle: BundleRef;
  readonly lengthBytes: number;
  readonly modelBytes: number;
  readonly chunks: readonly ChunkOrigin[];
  /** What was made for it, `bundle.json` and the index, under a path that no file of a bundle can have. */
  readonly made: ReadonlyMap<string, StoredArtifact>;
}

/** Derives what devices install from a validated bundle. */
@Injectable()
export class VariantBuilder {
  constructor(private readonly artifacts: ArtifactStore) {}

  /** @param files the bundle's files by path, all of them stored */
  async build(
    bundle: BundleDocument,
    variant: BundleVariant,
    files: ReadonlyMap<string, StoredArtifact>,
  ): Promise<BuiltVariant> {
    const document = variantDocument(bundle, variant);
    const bundleJson = await this.artifacts.putBytes(Buffer.from(`${JSON.stringify(document, null, 1)}\n`));
    const index = await this.artifacts.index([
      { path: 'bundle.json', sha256: bundleJson.sha256 },
      ...filesOf(document).map((path) => ({
        path,
        sha256: must(files.get(path), `file ${path}`).sha256,
      })),
    ]);
    return {
      name: variant.name,
      bundle: index.ref,
      lengthBytes: index.lengthBytes,
      modelBytes: must(files.get(variant.file), `file ${variant.file}`).length,
      chunks: index.chunks,
      made: new Map([
        [`@${variant.name}/bundle.json`, bundleJson],
        [`@${variant.name}/index.json`, await this.artifacts.putBytes(index.bytes)],
      ]),
    };
  }
}
