import { Injectable } from '@nestjs/common';
import { chooseByClass, type ClassChoice, type Constraints, type DeviceToServe } from '@hamon/compress';
import { ORIGINAL_VARIANT, type VariantConstraints } from '@hamon/contracts';
import type { EntityManager } from 'typeorm';
import { VariantProfileStore } from '../registry/variant-profile.store.js';
import { VersionStore, type VersionWithVariants } from '../registry/version.store.js';

/** A smaller or faster file may cost one point of accuracy unless the request says otherwise. */
const MAX_ACCURACY_DROP = 0.01;

/** Chooses the variant of a version for devices, by what was measured on their hardware classes. */
@Injectable()
export class VariantChooser {
  constructor(
    private readonly versions: VersionStore,
    private readonly profiles: VariantProfileStore,
  ) {}

  /** @throws ControlPlaneError `version-not-found` */
  version(
    manager: EntityManager,
    fleet: string,
    { model, version }: { readonly model: string; readonly version: string },
  ): Promise<VersionWithVariants> {
    return this.versions.get(fleet, model, version, manager);
  }

  async choose(
    manager: EntityManager,
    found: VersionWithVariants,
    devices: readonly DeviceToServe[],
    wanted: VariantConstraints = {},
  ): Promise<readonly ClassChoice[]> {
    const measured = await this.profiles.list(manager, found.version.id);
    const unfit = await this.profiles.listUnfit(manager, found.version.id);
    return chooseByClass(devices, measured, {
      ...constraintsFor(found, wanted),
      original: originalOf(found),
      unfit,
    });
  }
}

/** The constraints where the request has none: a point of accuracy, and the bundle's own budgets. */
export function constraintsFor({ version }: VersionWithVariants, wanted: VariantConstraints): Constraints {
  const { p95Ms, rssMb } = version.bundle.budgets;
  return { maxAccuracyDrop: MAX_ACCURACY_DROP, maxP95Ms: p95Ms, maxRssMb: rssMb, ...wanted };
}

/** A version with a single variant has no other original. */
const originalOf = ({ variants }: VersionWithVariants): string => {
  const [first] = variants;
  return variants.length === 1 && first ? first.name : ORIGINAL_VARIANT;
};
