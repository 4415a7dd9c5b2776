import type { VariantKind } from '../variant-build.js';

const CALIBRATED: ReadonlySet<VariantKind> = new Set([
  'int8-static',
  'int8-static-tensor',
  'int8-mixed',
  'pruned',
  'pruned-int8',
]);

/** Is a kind of variant made with samples? Known ahead of the work, which refuses to begin without them. */
export const needsCalibration = (kind: VariantKind): boolean => CALIBRATED.has(kind);
