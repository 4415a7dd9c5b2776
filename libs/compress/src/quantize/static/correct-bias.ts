import { Tensor, type Graph, type OnnxModel } from '@hamon/onnx';
import { dequantizeWeight, quantizeWeight } from '../quantize-weight.js';
import type { ChannelRequest } from './channel-means.js';
import type { InsertionOptions } from './insert-quantization.js';
import { channelAxis } from './quantize-layer.js';

/** The inputs of layers whose channel means {@link correctBias} needs. */
export function inputsOf(graph: Graph, layers: readonly string[]): readonly ChannelRequest[] {
  return layers.flatMap((output) => {
    const node = graph.producerOf(output);
    const tensor = node?.inputs[0];
    return node === undefined || tensor === undefined
      ? []
      : [{ tensor, axis: node.is('Conv') ? ('second' as const) : ('last' as const) }];
  });
}

/**
 * Takes out of each layer's bias what rounding its weights adds to its output on average: the rounding error times the
 * mean of the input's channels (Nagel et al., "Data-Free Quantization Through Weight Equalization and Bias Correction",
 * ICCV 2019, section 4.2, with means from data). Padding is not accounted for.
 * @param layers first outputs of the layers that will be quantized; others keep their bias
 * @param means of each layer's input, see {@link inputsOf}
 * @returns a copy; layers without bias are left alone
 */
export function correctBias(
  model: OnnxModel,
  layers: readonly string[],
  means: ReadonlyMap<string, Float64Array>,
  { perChannel, weightLimit }: Pick<InsertionOptions, 'perChannel' | 'weightLimit'>,
): OnnxModel {
  const corrected = model.clone();
  const { graph } = corrected;
  for (const node of layers.flatMap((output) => graph.producerOf(output) ?? [])) {
    const [input = '', weightName = '', biasName = ''] = node.inputs;
    const weight = graph.constantOf(weightName);
    const bias = biasName === '' ? undefined : graph.constantOf(biasName);
    const mean = means.get(input);
    if (weight === undefined || bias === undefined || mean === undefined) continue;
    const { dims } = weight;
    const axis = perChannel ? channelAxis(node) : undefined;
    const floats = weight.floats();
    const rounded = dequantizeWeight(quantizeWeight(floats, dims, { axis, limit: weightLimit }), dims, axis);
    const error = Float32Array.from(rounded, (value, index) => value - (floats[index] as number));
    const shift = meanOutput(error, dims, mean, channelAxis(node), node.int('group', 1));
    const values = Float64Array.from(bias.floats(), (value, channel) => value - (shift[channel] as number));
    const name = graph.freshName(`${biasName}_corrected`);
    graph.addInitializer(Tensor.ofFloats(name, bias.dims, values));
    graph.setInput(node, 2, name);
  }
  return corrected;
}

/** What the weight gives for an input that has the channel's mean everywhere. */
function meanOutput(
  weight: Float32Array,
  dims: readonly number[],
  mean: Float64Array,
  axis: number,
  groups: number,
): Float64Array {
  const [first = 1, second = 1] = dims;
  const [outputs, inputs] = axis === 0 ? [first, second] : [second, first];
  const positions = dims.slice(2).reduce((a, b) => a * b, 1);
  const result = new Float64Array(outputs);
  for (let output = 0; output < outputs; output += 1) {
    const group = Math.floor(output / (outputs / groups));
    let sum = 0;
    for (let input = 0; input < inputs; input += 1) {
      const start = (axis === 0 ? output * inputs + input : input * outputs + output) * positions;
      let total = 0;
      for (let at = start; at < start + positions; at += 1) total += weight[at] as number;
      sum += total * (mean[group * inputs + input] ?? 0);
    }
    result[output] = sum;
  }
  return result;
}
