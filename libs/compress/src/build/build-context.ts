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
  readonly shared: Shared;
  readonly signal: AbortSignal | undefined;
  readonly onStep: (text: string, done: number, total: number) => void;
}

/** A smaller float model, and what was decided to get there. */
export interface ReducedModel {
  readonly model: OnnxModel;
  readonly notes: object;
}

/** Results that several variants of one run are made from; each is made once. */
export class Shared {
  private pruning: Promise<ReducedModel> | undefined;

  pruned(make: () => Promise<ReducedModel>): Promise<ReducedModel> {
    this.pruning ??= make();
    return this.pruning;
  }
}

export type BuildVariant = (name: VariantKind, context: BuildContext) => Promise<VariantBuild>;

/** @throws CompressError `option-invalid` where the variant cannot be made without samples */
export function calibrationOf(name: VariantKind, { calibration }: BuildContext): CalibrationSource {
  if (calibration !== undefined) return calibration;
  throw new CompressError('option-invalid', `variant ${name} needs --calibration, a folder of images`);
}
