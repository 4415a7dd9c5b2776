import type { OnnxModel } from '@hamon/onnx';
import { CompressError } from '../errors.js';
import type { CalibrationSource } from '../dataset/sample-source.js';
import type { Recipe } from '../recipe/recipe.js';
import type { VariantBuild, VariantKind } from '../variant-build.js';

/** What the making of one variant may use. */
export interface BuildContext {
  readonly model: OnnxModel;
  readonly calibration: CalibrationSource | undefined;
  readonly recipe: Recipe;
  readonly signal: AbortSignal | undefined;
  readonly onStep: (text: string, done: number, total: number) => void;
}

export type BuildVariant = (name: VariantKind, context: BuildContext) => Promise<VariantBuild>;

/** @throws CompressError `option-invalid` where the variant cannot be made without samples */
export function calibrationOf(name: VariantKind, { calibration }: BuildContext): CalibrationSource {
  if (calibration !== undefined) return calibration;
  throw new CompressError('option-invalid', `variant ${name} needs --calibration, a folder of images`);
}
