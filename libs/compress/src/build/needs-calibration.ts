import type { VariantKind } from '../variant-build.js';

const CALIBRATED: Readonly<Record<VariantKind, boolean>> = {
  fp16: false,
  'int8-static': true,
  'int8-static-tensor': true,
  'int8-mixed': true,
  'int8-dynamic': false,
  'int8-weights': false,
  'int4-weights': false,
  pruned: true,
  'pruned-int8': true,
};

/** Is a kind of variant made with samples? Asked before the work, which does not begin without them. */
export const needsCalibration = (kind: VariantKind): boolean => CALIBRATED[kind];
