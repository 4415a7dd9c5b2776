import type { BundleInput } from '@hamon/contracts';

/** An input that is no image: runs take `Float32Array`s of `dims` (batch included), nothing is normalised. */
export interface TensorInput {
  readonly name: string;
  readonly dims: readonly number[];
}

/** What is fed to the model: a bundle's image input, or a plain tensor. */
export type ModelInput = BundleInput | TensorInput;

/** What is fed to a model and which of its outputs are read. */
export interface ModelPorts {
  readonly input: ModelInput;
  /** By name. */
  readonly outputs: readonly string[];
}

export const isImageInput = (input: ModelInput): input is BundleInput => 'layout' in input;

/** The tensor's shape with a batch of one: `[1, C, H, W]`, `[1, H, W, C]` or the plain tensor's own. */
export function inputDims(input: ModelInput): readonly number[] {
  if (!isImageInput(input)) return input.dims;
  const { layout, channels, height, width } = input;
  return layout === 'NCHW' ? [1, channels, height, width] : [1, height, width, channels];
}

/** Values in one input tensor; for images also the number of 8-bit samples. */
export const inputLength = (input: ModelInput): number =>
  inputDims(input).reduce((product, dim) => product * dim, 1);
