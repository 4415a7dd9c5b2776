import { join } from 'node:path';
import {
  Sha256,
  type BundleDocument,
  type BundleIndex,
  type BundleRef,
  type ChunkRef,
} from '@hamon/contracts';
import {
  assembleBundle,
  BundleChunks,
  ContentError,
  missingChunks,
  parseIndex,
  readInstalledIndex,
  verifyBundle,
  type ChunkSource,
  type ChunkStore,
  type Disk,
} from '@hamon/content';
import { readBundle } from '@hamon/inference';
import type { NeededContent } from '../core/wanted-bundles.js';

/** Installed bundles, each in a folder named by its digest, and the chunks on their way to one. */
export class BundleStore {
  /** Writing one bundle must not meet the removal of others. */
  private changing: Promise<unknown> = Promise.resolve();
  /** By digest; a chunk that was found damaged stays known as damaged. */
  private readonly installed = new Map<string, BundleChunks>();

  constructor(
    private readonly folder: string,
    readonly chunks: ChunkStore,
    private readonly disk: Disk,
    /** Whose installed bundles need not be fetched again. */
    private readonly lender?: BundleStore,
  ) {}

  pathOf(digest: string): string {
    return join(this.folder, digest);
  }

  /** Is it installed here? */
  async has(digest: string): Promise<boolean> {
    return (await this.installedIndex(digest)) !== undefined;
  }

  /** Is it installed here with every byte that the index names? */
  async isWhole(digest: string): Promise<boolean> {
    try {
      await this.verifyFiles(digest);
      return true;
    } catch (cause) {
      if (cause instanceof ContentError && cause.code !== 'io') return false;
      throw cause;
    }
  }

  /** From the installed folder or its chunks; undefined where the index has not been fetched. */
  async index(ref: BundleRef): Promise<BundleIndex | undefined> {
    const there = (await this.installedIndex(ref.sha256)) ?? (await this.lender?.installedIndex(ref.sha256));
    if (there) return there;
    const parts: Uint8Array[] = [];
    for (const chunk of ref.chunks) {
      if (!(await this.chunks.has(chunk))) return undefined;
      try {
        parts.push(await this.chunks.read(chunk));
      } catch (cause) {
        if (cause instanceof ContentError && cause.code === 'missing-chunk') return undefined;
        throw cause;
      }
    }
    return parseIndex(Buffer.concat(parts), ref.sha256);
  }

  /** Chunks of the bundle's files that are neither in the store nor in an installed bundle. */
  async missing(index: BundleIndex): Promise<readonly ChunkRef[]> {
    return missingChunks(chunksOf(index), await this.sources());
  }

  assemble(digest: string, index: BundleIndex, signal: AbortSignal): Promise<void> {
    return this.inTurn(async () => {
      signal.throwIfAborted();
      await assembleBundle(index, await this.sources(), this.pathOf(digest), { disk: this.disk, signal });
      this.installed.delete(digest);
    });
  }

  /** The bundle's document, every file having been checked against the index first. */
  async verified(digest: string): Promise<BundleDocument> {
    await this.verifyFiles(digest);
    const bundle = await readBundle(this.pathOf(digest));
    if (!bundle.ok) throw new ContentError('invalid-index', bundle.error.detail);
    return bundle.value;
  }

  /** Is there anything that no model needs? */
  async hasGarbage({ bundles, wanted }: NeededContent): Promise<boolean> {
    const chunks = await this.chunksFor(wanted);
    return (
      (chunks !== undefined && this.chunks.hasOthersThan(chunks)) || (await this.unneeded(bundles)).length > 0
    );
  }

  /** Frees what no model needs. @param needed read anew before each removal: a manifest may come meanwhile */
  collect(needed: () => NeededContent): Promise<void> {
    return this.inTurn(async () => {
      for (const name of await this.unneeded(needed().bundles)) {
        if (needed().bundles.has(name)) continue;
        await this.disk.remove(join(this.folder, name));
        this.installed.delete(name);
      }
      const { wanted } = needed();
      const chunks = await this.chunksFor(wanted);
      const isStill = namesOf(needed().wanted) === namesOf(wanted);
      if (chunks && isStill) await this.chunks.keepOnly(chunks);
    });
  }

  /** Folders of bundles that are not in `needed`, and leftovers. */
  private async unneeded(needed: ReadonlySet<string>): Promise<string[]> {
    return (await this.disk.list(this.folder)).filter((name) => !needed.has(name));
  }

  /**
   * Digests of what bundles on their way are made of; undefined where that is not known of one of them yet, whose chunks may
   * be here from an earlier attempt.
   */
  private async chunksFor(wanted: readonly BundleRef[]): Promise<ReadonlySet<string> | undefined> {
    const digests = new Set<string>();
    for (const ref of wanted) {
      for (const { sha256 } of ref.chunks) digests.add(sha256);
      try {
        const index = await this.index(ref);
        if (!index) return undefined;
        for (const { sha256 } of chunksOf(index)) digests.add(sha256);
      } catch (cause) {
        // An invalid index names nothing to keep. One that cannot be read now may name chunks that are needed.
        if (!(cause instanceof ContentError) || cause.code === 'io') return undefined;
      }
    }
    return digests;
  }

  private inTurn<T>(change: () => Promise<T>): Promise<T> {
    const result = this.changing.then(change);
    this.changing = result.catch(() => undefined);
    return result;
  }

  private async verifyFiles(digest: string): Promise<void> {
    const path = this.pathOf(digest);
    await verifyBundle(path, await readInstalledIndex(path, digest, this.disk), this.disk);
  }

  private async sources(): Promise<readonly ChunkSource[]> {
    return [
      this.chunks,
      ...(await this.installedChunks()),
      ...((await this.lender?.installedChunks()) ?? []),
    ];
  }

  private async installedChunks(): Promise<readonly ChunkSource[]> {
    for (const name of await this.disk.list(this.folder)) {
      if (!Sha256.safeParse(name).success || this.installed.has(name)) continue;
      const index = await this.installedIndex(name);
      if (index) this.installed.set(name, new BundleChunks(this.pathOf(name), index, this.disk));
    }
    return [...this.installed.values()];
  }

  private async installedIndex(digest: string): Promise<BundleIndex | undefined> {
    try {
      return await readInstalledIndex(this.pathOf(digest), digest, this.disk);
    } catch (cause) {
      if (cause instanceof ContentError && cause.code !== 'io') return undefined;
      throw cause;
    }
  }
}

export const chunksOf = (index: BundleIndex): ChunkRef[] => index.files.flatMap(({ chunks }) => chunks);

const namesOf = (refs: readonly BundleRef[]): string => refs.map(({ sha256 }) => sha256).join();
