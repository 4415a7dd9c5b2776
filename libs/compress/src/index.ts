export * from './errors.js';
export * from './variant-build.js';
export * from './macs.js';
export * from './runtime/tensor-value.js';
export * from './runtime/tensor-session.js';
export * from './runtime/run-samples.js';
export * from './dataset/sample-source.js';
export * from './dataset/split-source.js';
export * from './dataset/image-source.js';
export * from './quantize/options.js';
export * from './choose/variant-profile.js';
export * from './choose/constraints.js';
export * from './choose/pareto-front.js';
export * from './choose/hardware-class.js';
export { accuracyDropOf } from './choose/accuracy-drop.js';
export * from './choose/select-variant.js';
export * from './choose/merge-profiles.js';
export * from './choose/choose-by-class.js';
export { describeBreach } from './choose/describe-breach.js';
export * from './recipe/recipe.js';
export * from './recipe/read-recipe.js';
export { digestOfRecipe } from './recipe/digest-of-recipe.js';
export * from './compile/compiled-report.js';
export * from './report/compress-report.js';
export * from './report/summary.js';
export * from './report/evaluation-gap.js';
export * from './report/pushable-report.js';
export * from './compress-options.js';
export * from './compress.js';
export * from './quantize/prepare-model.js';
export * from './quantize/output-distance.js';
export * from './quantize/finish-variant.js';
export {
  quantizeStatic,
  type StaticQuantizationNotes,
  type StaticQuantizationResult,
} from './quantize/static/quantize-static.js';
export * from './quantize/mixed/quantize-mixed.js';
export type { LayerSensitivity } from './quantize/mixed/measure-sensitivity.js';
export * from './quantize/weights/quantize-weights.js';
export * from './quantize/dynamic/quantize-dynamic.js';
export * from './quantize/half/convert-to-half.js';
export * from './prune/prune-options.js';
export * from './prune/prune.js';
export * from './low-rank/factorize-layers.js';
export * from './build/needs-calibration.js';
export * from './process/compress-in-process.js';
export { listSamples, type SampleFile } from './dataset/list-samples.js';
export { reportPage } from './report/html/page.js';
