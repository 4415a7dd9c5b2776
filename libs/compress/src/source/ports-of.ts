import type { ModelPorts } from '@hamon/inference';
import { isFloatType, type Dimension, type OnnxModel, type ValueInfo } from '@hamon/onnx';
import { CompressError } from '../errors.js';

/**
 * Input and outputs of a model without a bundle: a plain tensor in, at batch 1, values out. Of several outputs all that are
 * not of whole numbers count.
 * @throws CompressError `model-unsupported` for several inputs or other types than float32, `dynamic-shape` where a length
 * other than the batch's is open
 */
export function portsOf({ graph }: OnnxModel): ModelPorts {
  const [input, ...others] = graph.inputs;
  if (input === undefined || others.length > 0)
    throw new CompressError(
      'model-unsupported',
      `the model has ${graph.inputs.length} inputs (${graph.inputs.map(({ name }) => name).join(', ')}); models with one input can be measured`,
    );
  if (graph.outputs.length === 0) throw new CompressError('model-unsupported', 'the model has no output');
  if (input.dataType !== 'float32') throw notFloat(input);
  const outputs = graph.outputs.filter(({ dataType }) => dataType !== undefined && isFloatType(dataType));
  if (outputs.length === 0) throw notFloat(graph.outputs[0] as ValueInfo);
  const dims = input.dims?.map((dim, axis) => (axis === 0 && typeof dim !== 'number' ? 1 : dim));
  if (dims === undefined || !dims.every((dim) => typeof dim === 'number'))
    throw new CompressError(
      'dynamic-shape',
      `input "${input.name}" is ${shapeOf(input.dims)}: only the first length, the batch, may be open`,
    );
  return { input: { name: input.name, dims }, outputs: outputs.map(({ name }) => name) };
}

const notFloat = ({ name, dataType }: ValueInfo): CompressError =>
  new CompressError('model-unsupported', `"${name}" is ${dataType ?? 'of no known type'}, not float32`);

/**
 * Gives the open lengths of an input, except the batch's, the values that the bundle feeds.
 * @throws CompressError `dynamic-shape` where the file's shape has another rank or another fixed length
 */
export function withInputLengths(model: OnnxModel, name: string, fed: readonly number[]): OnnxModel {
  const { graph } = model;
  const input = graph.inputs.find((value) => value.name === name);
  if (input?.dims === undefined || input.dims.every((dim, axis) => axis === 0 || typeof dim === 'number'))
    return model;
  const isFitting =
    input.dims.length === fed.length &&
    input.dims.every((dim, axis) => typeof dim !== 'number' || dim === fed[axis]);
  if (!isFitting)
    throw new CompressError(
      'dynamic-shape',
      `input "${name}" is ${shapeOf(input.dims)}, the bundle feeds [${fed.join(', ')}]`,
    );
  const fix = (value: ValueInfo): ValueInfo =>
    value.name === name
      ? { ...value, dims: value.dims?.map((dim, axis) => (axis === 0 ? dim : (fed[axis] as number))) }
      : value;
  const fixed = model.withGraph(graph.withInterface(graph.inputs.map(fix), graph.outputs));
  // Declared facts about inner tensors may name the lengths that were open.
  fixed.graph.values.clear();
  return fixed;
}

const shapeOf = (dims: readonly Dimension[] | undefined): string =>
  dims === undefined ? 'of no known shape' : `[${dims.map((dim) => dim ?? '?').join(', ')}]`;
