import { seededRandom } from '@hamon/stats';
import { attribute } from './attribute.js';
import { isFloatType } from './element-type.js';
import { OnnxError } from './errors.js';
import type { OnnxModel } from './onnx-model.js';
import { Tensor } from './tensor.js';

/**
 * A broken copy of a model, as a test of what should catch it: every float weight of two or more dimensions gets Gaussian
 * noise whose standard deviation is that of the tensor's own values. Same seed, same bytes.
 */
export function addNoiseToWeights(model: OnnxModel, seed: number): OnnxModel {
  const noisy = model.clone();
  const { graph } = noisy;
  const random = seededRandom(seed);
  const disturb = (tensor: Tensor): Tensor => {
    const values = tensor.floats();
    const deviation = standardDeviation(values);
    const changed = Float64Array.from(values, (value) => value + deviation * random.normal());
    return Tensor.ofFloats(tensor.name, tensor.dims, changed, tensor.dataType);
  };
  const isWeight = (tensor: Tensor | undefined): tensor is Tensor =>
    tensor !== undefined && isFloatType(tensor.dataType) && tensor.dims.length >= 2;
  for (const tensor of [...graph.initializers.values()])
    if (isWeight(tensor)) graph.setInitializer(disturb(tensor));
  for (const node of graph.nodes) {
    const value = node.is('Constant') ? node.tensor('value') : undefined;
    if (isWeight(value)) graph.replaceNode(node, { attributes: { value: attribute.tensor(disturb(value)) } });
  }
  return noisy;
}

/**
 * A copy whose class scores come in another order: score `i` of the copy is score `order[i]` of the model.
 * @param output name of the output; the first if left out. Its last dimension holds the classes.
 */
export function permuteOutputs(model: OnnxModel, order: readonly number[], output?: string): OnnxModel {
  const { copy, graph, name, inner, classes, rank } = splitOutput(model, output);
  if (order.length !== classes || [...order].sort((a, b) => a - b).some((value, index) => value !== index))
    throw new OnnxError(
      'invalid-tensor',
      `an order of ${classes} classes must hold 0 … ${classes - 1} once each`,
    );
  const indices = graph.addInitializer(Tensor.ofInts(graph.freshName(`${name}_order`), [classes], order));
  graph.addNode({
    opType: 'Gather',
    inputs: [inner, indices.name],
    outputs: [name],
    attributes: { axis: attribute.int(rank - 1) },
  });
  return copy;
}

/** A copy that always gives class `index` the score 1 and all others 0. */
export function constantOutput(model: OnnxModel, index: number, output?: string): OnnxModel {
  const { copy, graph, name, inner, classes } = splitOutput(model, output);
  if (!Number.isInteger(index) || index < 0 || index >= classes)
    throw new OnnxError('invalid-tensor', `class ${index} is not one of 0 … ${classes - 1}`);
  const dataType = graph.outputs.find((one) => one.name === name)?.dataType ?? 'float32';
  const scores = Array.from({ length: classes }, (_, at) => (at === index ? 1 : 0));
  const zero = graph.addInitializer(Tensor.ofFloats(graph.freshName(`${name}_zero`), [], [0], dataType));
  const answer = graph.addInitializer(
    Tensor.ofFloats(graph.freshName(`${name}_answer`), [classes], scores, dataType),
  );
  const nothing = graph.freshName(`${name}_nothing`);
  graph.addNode({ opType: 'Mul', inputs: [inner, zero.name], outputs: [nothing] });
  graph.addNode({ opType: 'Add', inputs: [nothing, answer.name], outputs: [name] });
  return copy;
}

/** Frees the name of an output for a node that comes after what made it so far. */
function splitOutput(model: OnnxModel, output: string | undefined) {
  const copy = model.clone();
  const { graph } = copy;
  const info = output === undefined ? graph.outputs[0] : graph.outputs.find(({ name }) => name === output);
  if (info === undefined) throw new OnnxError('invalid-graph', `the model has no output "${output ?? ''}"`);
  const { name, dims } = info;
  const classes = dims?.at(-1);
  if (dims === undefined || typeof classes !== 'number')
    throw new OnnxError('dynamic-shape', `output "${name}" does not state its number of classes`);
  const producer = graph.producerOf(name);
  if (producer === undefined) throw new OnnxError('invalid-graph', `no node makes the output "${name}"`);
  const inner = graph.freshName(`${name}_inner`);
  graph.setOutput(producer, producer.outputs.indexOf(name), inner);
  graph.replaceUses(name, inner);
  return { copy, graph, name, inner, classes, rank: dims.length };
}

function standardDeviation(values: Float32Array | Float64Array): number {
  let sum = 0;
  for (const value of values) sum += value;
  const mean = sum / values.length;
  let squares = 0;
  for (const value of values) squares += (value - mean) ** 2;
  return values.length === 0 ? 0 : Math.sqrt(squares / values.length);
}
