import type { VersionView } from '@hamon/contracts';
import { taskNamed } from '@hamon/tasks';
import type { Variant } from './variant.entity.js';
import type { Version } from './version.entity.js';

export function viewOfVersion(version: Version, variants: readonly Variant[]): VersionView {
  return {
    model: version.model,
    version: version.version,
    state: version.state,
    labels: [...taskNamed(version.bundle.task).labels(version.bundle.output)],
    variants: variants.map(({ name, bundleSha256, lengthBytes, modelBytes }) => ({
      name,
      bundle: bundleSha256,
      lengthBytes,
      modelBytes,
    })),
    createdAt: version.createdAt.toISOString(),
    validatedAt: version.validatedAt?.toISOString() ?? null,
    releasedAt: version.releasedAt?.toISOString() ?? null,
    retired: version.retiredAt && { at: version.retiredAt.toISOString(), why: version.retiredWhy ?? '' },
  };
}
