import { attribute, Tensor, type Graph, type GraphNode } from '@hamon/onnx';
import { quantizeWeight } from '../quantize-weight.js';

const MAX_BIAS = 2 ** 31 - 128;

/** Axis of a layer's output channels in its weight. */
export function channelAxis(layer: GraphNode): number {
  return layer.is('Conv') || layer.int('transB', 0) === 1 ? 0 : 1;
}

/**
 * Weight as int8 and bias as int32 behind DequantizeLinear. The bias has the scale of the products that it is added to,
 * which integer kernels take for granted.
 */
export function quantizeLayer(
  graph: Graph,
  layer: GraphNode,
  inputScale: number,
  { perChannel, weightLimit }: { readonly perChannel: boolean; readonly weightLimit: number },
): void {
  const [, weightName = '', biasName = ''] = layer.inputs;
  const weight = graph.constantOf(weightName);
  const bias = biasName === '' ? undefined : graph.constantOf(biasName)?.floats();
  if (weight === undefined) return;
  const axis = perChannel ? channelAxis(layer) : undefined;
  const { values, scales } = quantizeWeight(weight.floats(), weight.dims, {
    axis,
    limit: weightLimit,
    ...(bias === undefined ? {} : { leastScales: leastScales(bias, inputScale, perChannel) }),
  });
  const stored = graph.freshName(`${weightName}_quantized`);
  graph.addInitializer(Tensor.of(stored, 'int8', weight.dims, values));
  // Zeros, and written all the same: Gemm and MatMul are fused only with them, and where onnxruntime shifts int8 weights to
  // uint8 (x64 without VNNI), one that is left out becomes a single number, which no scales per channel go with.
  graph.setInput(layer, 1, dequantize(graph, stored, scales, axis, true));
  if (bias === undefined) return;
  const biasScales = scales.map((scale) => scale * inputScale);
  const integers = Int32Array.from(bias, (value, channel) =>
    Math.round(value / (biasScales[biasScales.length === 1 ? 0 : channel] as number)),
  );
  const storedBias = graph.freshName(`${biasName}_quantized`);
  graph.addInitializer(Tensor.of(storedBias, 'int32', [bias.length], integers));
  graph.setInput(layer, 2, dequantize(graph, storedBias, biasScales, perChannel ? 0 : undefined));
}

function dequantize(
  graph: Graph,
  stored: string,
  scales: Float32Array,
  axis: number | undefined,
  withZeroPoint = false,
): string {
  const scaleName = graph.freshName(`${stored}_scale`);
  const dims = axis === undefined ? [] : [scales.length];
  graph.addInitializer(Tensor.ofFloats(scaleName, dims, scales));
  const inputs = [stored, scaleName];
  if (withZeroPoint) {
    const zeroName = graph.freshName(`${stored}_zero`);
    graph.addInitializer(Tensor.of(zeroName, 'int8', dims, new Int8Array(scales.length)));
    inputs.push(zeroName);
  }
  const result = graph.freshName(`${stored}_dequantized`);
  graph.addNode({
    opType: 'DequantizeLinear',
    inputs,
    outputs: [result],
    // An axis of 1 is the default; for a single scale it means nothing.
    ...(axis === undefined || axis === 1 ? {} : { attributes: { axis: attribute.int(axis) } }),
  });
  return result;
}

/** Scales so large that no bias leaves int32: tiny weights beside a large bias would overflow it. */
function leastScales(bias: ArrayLike<number>, inputScale: number, perChannel: boolean): number[] {
  const each = Array.from(bias, (value) => Math.abs(value) / inputScale / MAX_BIAS);
  return perChannel ? each : [each.reduce((most, scale) => Math.max(most, scale), 0)];
}
