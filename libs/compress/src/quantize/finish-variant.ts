import { compactNames, mergeInitializers, removeDeadCode, writeModel, type OnnxModel } from '@hamon/onnx';
import type { VariantBuild, VariantKind } from '../variant-build.js';

/** Writes a variant as small as it goes: equal initializers once, short names, and the map back to the source's. */
export function finishVariant(
  name: VariantKind,
  model: OnnxModel,
  notes: VariantBuild['notes'] = {},
): VariantBuild {
  const small = model.clone();
  removeDeadCode(small);
  mergeInitializers(small);
  const { nodes } = compactNames(small);
  const nodeMap = Object.fromEntries(
    nodes
      .filter(({ sources }) => sources.length > 0)
      .map(({ output, sources }) => [output, sources.join(' + ')]),
  );
  return { name, bytes: writeModel(small), notes, nodeMap };
}
