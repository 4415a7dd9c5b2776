import { ORIGINAL_VARIANT } from '@hamon/contracts';
import { OnnxError, readModel, type OnnxModel } from '@hamon/onnx';
import { BUILDERS } from './build/builders.js';
import type { BuildContext } from './build/build-context.js';
import { countMacs } from './macs.js';
import type { MeasuredVariant } from './measure/measure-variants.js';
import type { OutputFolder } from './output/output-folder.js';
import { sha256Of } from './recipe/digest.js';
import type { VariantReport } from './report/compress-report.js';
import type { LayerTable } from './report/layer-table.js';
import type { CompressSource } from './source/compress-source.js';
import { learnOpenShapes } from './source/learn-open-shapes.js';
import type { VariantBuild, VariantKind } from './variant-build.js';

/** A variant whose file is in the output folder, still to be measured. */
export type MadeVariant = Omit<VariantReport, keyof MeasuredVariant> & { readonly path: string };

export function writeOriginal(
  folder: OutputFolder,
  { bytes, model }: CompressSource,
  signal: AbortSignal | undefined,
): Promise<MadeVariant> {
  const build = { name: ORIGINAL_VARIANT, bytes, notes: {}, nodeMap: {} };
  return writeModelFile(folder, build, model, 0, signal);
}

export async function makeVariant(
  folder: OutputFolder,
  name: VariantKind,
  context: BuildContext,
  layers: LayerTable,
): Promise<MadeVariant> {
  const begin = performance.now();
  const variant = await BUILDERS[name](name, context);
  const seconds = (performance.now() - begin) / 1000;
  const model = readModel(variant.bytes);
  layers.addVariant(model, variant);
  return writeModelFile(folder, variant, model, seconds, context.signal);
}

async function writeModelFile(
  folder: OutputFolder,
  { name, bytes, notes, nodeMap }: Omit<VariantBuild, 'name'> & { readonly name: string },
  model: OnnxModel,
  buildSeconds: number,
  signal: AbortSignal | undefined,
): Promise<MadeVariant> {
  const file = `model.${name}.onnx`;
  const path = await folder.write(file, bytes);
  const about = { name, file, bytes: bytes.length, sha256: sha256Of(bytes) };
  return { ...about, ...(await macsOf(model, signal)), buildSeconds, notes, nodeMap, path };
}

/** A model whose shapes stay open can be compressed all the same. */
async function macsOf(
  model: OnnxModel,
  signal: AbortSignal | undefined,
): Promise<{ readonly macs?: number }> {
  try {
    // A file of ours states no inner shapes.
    return { macs: countMacs(await learnOpenShapes(model, signal)) };
  } catch (cause) {
    if (cause instanceof OnnxError && cause.code === 'dynamic-shape') return {};
    throw cause;
  }
}
