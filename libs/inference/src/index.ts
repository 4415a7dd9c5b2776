export { InferenceError, type InferenceErrorCode, type ModelFault } from './inference-error.js';
export {
  inputDims,
  inputLength,
  isImageInput,
  type ModelInput,
  type ModelPorts,
  type TensorInput,
} from './model-interface.js';
export {
  WorkerProcess,
  type WorkerEnd,
  type WorkerProcessEvents,
  type WorkerProgram,
} from './host/worker-process.js';
export { tensorForm } from './tensor-form.js';
export { normaliser } from './worker/normalise.js';
export { imageSize, type ImageSize } from './image/image-size.js';
export {
  InferenceHost,
  type HostExit,
  type InferenceHostOptions,
  type RunOptions,
} from './host/inference-host.js';
export type { RunOutcome } from './host/run-queue.js';
export type { LoadedModelFacts, TensorFacts, WorkerMemory } from './protocol/messages.js';
export { blurRegions } from './image/blur-regions.js';
export { cropPixels, encodeJpeg, fitPixels, rawImage } from './image/pixels.js';
export { within } from './image/region.js';
export type { DecodedImage, ImageForm, Pixels } from './image/image-form.js';
export { decodeImage, decodePixels, MAX_IMAGE_BYTES, MAX_IMAGE_PIXELS } from './image/decode-image.js';
export { checkStatedSize } from './image/stated-size.js';
export { DecoderProcesses, type DecoderProcessesOptions } from './decoder/decoder-processes.js';
export { ImageDecoder, type ImageDecoderLimits } from './image/image-decoder.js';
export { imageFormat, type ImageFormat } from './image/image-format.js';
export { portsOf } from './bundle/ports-of.js';
export { openModel, type OpenModelOptions } from './bundle/open-model.js';
export {
  openOnProviders,
  type OpenOnProvidersOptions,
  type ProviderRefusal,
} from './bundle/open-on-providers.js';
export { probeProvider } from './probe-provider.js';
export { setNice } from './limits/set-nice.js';
export { readerOf, type ReadBundleFile } from './bundle/bundle-files.js';
export { runGolden, type GoldenRun } from './bundle/run-golden.js';
export { readBundle, type BundleProblem } from './bundle/read-bundle.js';
export { hardwareFacts } from './hardware-facts.js';
export { selfTest, type SelfTestReport } from './bundle/self-test.js';
export type { MeasuredCost } from './bundle/measure-budgets.js';
export {
  validateBundle,
  type ValidatedBundle,
  type ValidatedVariant,
  type ValidateOptions,
} from './bundle/validate-bundle.js';
export { validateInProcess } from './bundle/validate-in-process.js';
export {
  runInLimits,
  type LimitedOutcome,
  type LimitedRun,
  type ProcessEnd,
  type ProcessLimits,
} from './limits/run-in-limits.js';
export { groupMemoryMb } from './limits/group-memory.js';
export { baselineOf } from './bundle/baseline.js';
export { syntheticImage, syntheticPixels } from './bundle/synthetic-images.js';
export { encodePng } from './image/encode-png.js';
