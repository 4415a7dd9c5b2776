import type { OnnxModel } from '../onnx-model.js';
import { cleanTransposes } from './clean-transposes.js';
import { dropInitializerInputs } from './drop-initializer-inputs.js';
import { foldBatchNormalization } from './fold-batch-normalization.js';
import { foldConstants, foldingBudget } from './fold-constants.js';
import { mergeInitializers } from './merge-initializers.js';
import { removeDeadCode } from './remove-dead-code.js';
import { removeIdentities } from './remove-identities.js';

/** How much each pass did. */
export interface Simplification {
  readonly foldedConstants: number;
  readonly foldedNormalizations: number;
  readonly removedIdentities: number;
  readonly savedTransposes: number;
  readonly removedDead: number;
  readonly mergedInitializers: number;
}

/** Passes enable each other; a graph that still changes after this many rounds is left as it is then. */
const MAX_ROUNDS = 8;

/**
 * All clean-up passes until nothing changes. The result computes the same up to the rounding of folded weights; the given
 * model stays as it is.
 */
export function simplify(model: OnnxModel): { readonly model: OnnxModel; readonly done: Simplification } {
  let current = dropInitializerInputs(model.clone());
  const done = {
    foldedConstants: 0,
    foldedNormalizations: 0,
    removedIdentities: 0,
    savedTransposes: 0,
    removedDead: 0,
    mergedInitializers: 0,
  };
  const budget = foldingBudget(current);
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    const before = sum(done);
    done.foldedConstants += foldConstants(current, budget);
    done.removedIdentities += removeIdentities(current);
    done.foldedNormalizations += foldBatchNormalization(current);
    const cleaned = cleanTransposes(current);
    current = cleaned.model;
    done.savedTransposes += cleaned.saved;
    done.removedDead += removeDeadCode(current);
    done.mergedInitializers += mergeInitializers(current);
    if (sum(done) === before) break;
  }
  return { model: current, done };
}

function sum(done: Simplification): number {
  return Object.values(done).reduce<number>((total, count) => total + (count as number), 0);
}
