import {
  attribute,
  Graph,
  removeDeadCode,
  Tensor,
  windowsOf,
  type GraphNode,
  type OnnxModel,
} from '@hamon/onnx';
import { CompressError } from '../errors.js';
import type { DenseLayer } from './channel-graph.js';

/** A tensor of one of the models that run side by side: `original`, or `current`, the one being refitted. */
export interface TensorOf {
  readonly model: 'original' | 'current';
  readonly tensor: string;
}

/** What to fit: the inputs of `layer` in a model against a target (less `minus`), of which `targetChannels` are wanted. */
export interface MomentRequest {
  readonly layer: Pick<DenseLayer, 'node' | 'kind'>;
  readonly model: TensorOf['model'];
  readonly features: number;
  /** Lengths of a Conv's window; empty for others. */
  readonly kernel: readonly number[];
  readonly target: TensorOf;
  readonly targetChannels: readonly number[];
  /** Number of channels that the target tensor has. */
  readonly targetWidth: number;
  readonly minus?: TensorOf;
  /** Output positions of one sample, of which about {@link MAX_POSITIONS} are looked at. */
  readonly spatial: readonly number[];
}

/** Neighbouring positions say much the same. */
const MAX_POSITIONS = 1024;
/** Square root of each sample's weight, `[batch, 1, 1]`. */
export const WEIGHTS_INPUT = 'hamon_sample_weights';

export const momentOutput = (index: number): string => `hamon_moments_${index}`;

/**
 * A model whose outputs are the weighted sums of second moments that the requests ask for: the runtime multiplies, and only
 * `(features + targets + 1)²` numbers leave it per batch, however large the activations are.
 */
export function momentModel(
  original: OnnxModel,
  current: OnnxModel,
  requests: readonly MomentRequest[],
): OnnxModel {
  const [input] = original.graph.inputs;
  const weights = { name: WEIGHTS_INPUT, dataType: 'float32' as const, dims: ['batch', 1, 1] };
  const graph = new Graph('moments', [...original.graph.inputs, weights], []);
  if (input === undefined) throw new CompressError('model-unsupported', 'the model has no input');
  const ofOriginal = include(graph, original, 'o');
  const names = {
    original: ofOriginal,
    current: original === current ? ofOriginal : include(graph, current, 'c'),
  };
  const builder = new Builder(graph);
  const outputs = requests.map((request, index) => {
    const { node, kind } = request.layer;
    const read = ({ model, tensor }: TensorOf): string => names[model](tensor);
    const inputName = read({ model: request.model, tensor: node.inputs[0] ?? '' });
    const features = builder.rows(
      kind === 'conv' ? builder.windows(node, inputName, request) : inputName,
      kind,
      request.features,
      request.spatial,
    );
    const wanted = request.minus === undefined ? undefined : read(request.minus);
    let target = builder.take(read(request.target), kind, request);
    if (wanted !== undefined) target = builder.add('Sub', [target, wanted]);
    const targets = builder.rows(target, kind, request.targetChannels.length, request.spatial);
    return builder.moments(features, targets, request.features + request.targetChannels.length + 1, index);
  });
  graph.setOutputs(outputs.map((name) => ({ name, dataType: 'float32', dims: [null, null] })));
  const model = original.withGraph(graph);
  removeDeadCode(model);
  return model;
}

/** Copies a model's nodes and constants under names of their own; its inputs are shared. */
function include(graph: Graph, model: OnnxModel, prefix: string): (tensor: string) => string {
  const inputs = new Set(model.graph.inputs.map(({ name }) => name));
  const renamed = (tensor: string): string =>
    tensor === '' || inputs.has(tensor) ? tensor : `${prefix}:${tensor}`;
  for (const [name, tensor] of model.graph.initializers) graph.addInitializer(tensor.withName(renamed(name)));
  for (const node of model.graph.topological()) {
    if (node.captures.length > 0)
      throw new CompressError(
        'model-unsupported',
        `pruning does not look into the subgraphs of ${node.label}`,
      );
    graph.addNode({
      opType: node.opType,
      domain: node.domain,
      attributes: node.attributes,
      inputs: node.inputs.map(renamed),
      outputs: node.outputs.map(renamed),
    });
  }
  return renamed;
}

/** Nodes of operator set 11 and up. */
class Builder {
  constructor(private readonly graph: Graph) {}

  add(
    opType: string,
    inputs: readonly string[],
    attributes: Record<string, ReturnType<typeof attribute.int>> = {},
  ): string {
    const output = this.graph.freshName('hamon_step');
    this.graph.addNode({ opType, inputs, outputs: [output], attributes });
    return output;
  }

  ints(values: readonly number[]): string {
    return this.graph.addInitializer(
      Tensor.ofInts(this.graph.freshName('hamon_ints'), [values.length], values),
    ).name;
  }

  floats(dims: readonly number[], values: ArrayLike<number>): string {
    return this.graph.addInitializer(Tensor.ofFloats(this.graph.freshName('hamon_floats'), dims, values))
      .name;
  }

  /** The pixels under each window as channels: a depthwise convolution with one-hot kernels moves exactly as the layer does. */
  windows(node: GraphNode, input: string, { features, kernel }: MomentRequest): string {
    const field = kernel.reduce((size, length) => size * length, 1);
    const { strides, pads, autoPad } = windowsOf(node, kernel);
    const still =
      strides.every((stride) => stride === 1) && (autoPad !== 'NOTSET' || pads?.every((pad) => pad === 0));
    if (field === 1 && still) return input;
    const channels = features / field;
    const oneHot = new Float32Array(features * field);
    for (let f = 0; f < features; f += 1) oneHot[f * field + (f % field)] = 1;
    const weight = this.floats([features, 1, ...kernel], oneHot);
    const attributes = Object.fromEntries(node.attributes);
    return this.add('Conv', [input, weight], { ...attributes, group: attribute.int(channels) });
  }

  /** Only the channels that are still wanted. */
  take(target: string, kind: DenseLayer['kind'], { targetChannels, targetWidth }: MomentRequest): string {
    if (targetChannels.length === targetWidth) return target;
    return this.add('Gather', [target, this.ints(targetChannels)], {
      axis: attribute.int(kind === 'conv' ? 1 : -1),
    });
  }

  /** As `[batch, channels, positions]`. */
  rows(tensor: string, kind: DenseLayer['kind'], channels: number, spatial: readonly number[]): string {
    if (kind !== 'conv') {
      const rows = this.add('Reshape', [tensor, this.ints([0, -1, channels])]);
      return this.add('Transpose', [rows], { perm: attribute.ints([0, 2, 1]) });
    }
    const positions = spatial.reduce((size, length) => size * length, 1);
    const step = Math.max(1, Math.ceil((positions / MAX_POSITIONS) ** (1 / Math.max(1, spatial.length))));
    const thinned =
      step === 1
        ? tensor
        : this.add('Slice', [
            tensor,
            this.ints(spatial.map(() => 0)),
            this.ints([...spatial]),
            this.ints(spatial.map((_, axis) => axis + 2)),
            this.ints(spatial.map(() => step)),
          ]);
    return this.add('Reshape', [thinned, this.ints([0, channels, -1])]);
  }

  /** `Z·Zᵀ` over batch and positions of `Z = [features; targets; 1]·√weight`. */
  moments(features: string, targets: string, width: number, index: number): string {
    const zero = this.floats([1], [0]);
    const first = this.add('Slice', [features, this.ints([0]), this.ints([1]), this.ints([1])]);
    // Zero times an activation, plus the weight: a row of weights with the right number of positions.
    const ones = this.add('Add', [this.add('Mul', [first, zero]), WEIGHTS_INPUT]);
    const weighted = (rows: string): string => this.add('Mul', [rows, WEIGHTS_INPUT]);
    const joined = this.add('Concat', [weighted(features), weighted(targets), ones], {
      axis: attribute.int(1),
    });
    const turned = this.add('Transpose', [joined], { perm: attribute.ints([1, 0, 2]) });
    const flat = this.add('Reshape', [turned, this.ints([width, -1])]);
    const output = momentOutput(index);
    this.graph.addNode({
      opType: 'Gemm',
      inputs: [flat, flat],
      outputs: [output],
      attributes: { transB: attribute.int(1) },
    });
    return output;
  }
}
