import {
  exposeTensors,
  learnShapes,
  type Dimension,
  type ElementType,
  type Graph,
  type OnnxModel,
  type ValueInfo,
} from '@hamon/onnx';
import { CompressError } from '../errors.js';
import { openTensors } from '../open-tensors.js';
import { TensorSession } from '../runtime/tensor-session.js';
import { sizeOf, type TensorFeed } from '../runtime/tensor-value.js';
import { syntheticSamples } from './synthetic-samples.js';

/** Their results' lengths follow from values: what one input shows is not true of another. */
const BY_VALUE = ['NonZero', 'NonMaxSuppression', 'Unique', 'Compress', 'Loop', 'If', 'Scan'];

/** Larger inputs are not made up only to ask for shapes. */
const MAX_VALUES = 2 ** 24;

/**
 * Asks onnxruntime for types and shapes that inference cannot tell, so that an operator without a rule hides nothing behind
 * it: two runs on random inputs, at batch 1 and, where the batch is open, 2. A length that changes stays open, one that follows
 * the batch gets its name; what depends on the values of tensors is not asked for.
 * @returns the model itself where nothing is unknown, or nothing can be asked
 * @throws CompressError `worker-hung` or `cancelled`
 */
export async function learnOpenShapes(model: OnnxModel, signal?: AbortSignal): Promise<OnnxModel> {
  const [input, ...others] = model.graph.inputs;
  const { dims } = input ?? {};
  if (input?.dataType !== 'float32' || dims === undefined || others.length > 0) return model;
  const [batch, ...lengths] = dims;
  if (!lengths.every((dim) => typeof dim === 'number') || sizeOf(lengths) > MAX_VALUES) return model;
  const learned = withNamedBatch(model);
  const asked = askable(learned);
  if (asked.length === 0) return model;
  const session = await openedOr(learned, asked, signal);
  if (session === undefined) return model;
  try {
    const batches = typeof batch === 'number' ? [batch] : [1, 2];
    const feeds = await Promise.all(batches.map((count) => feedOf(input.name, [count, ...lengths])));
    await learnFrom(session, feeds, learned.graph, asked, () => openTensors(learned));
  } finally {
    await session.close();
  }
  return learned;
}

type Feeds = Readonly<Record<string, TensorFeed>>;

async function feedOf(input: string, dims: readonly number[]): Promise<Feeds> {
  return { [input]: { dims, data: await syntheticSamples('', dims, ONE, 1).batch(0) } };
}

/** What follows from one answer by rules need not be asked for, so the tensors are asked for in turns. */
async function learnFrom(
  session: TensorSession,
  feeds: readonly Feeds[],
  graph: Graph,
  asked: readonly string[],
  stillOpen: () => readonly string[],
): Promise<void> {
  const types = new Map(session.outputs.map(({ name, type }) => [name, type]));
  const batch = graph.inputs[0]?.dims?.[0] ?? null;
  let left = asked;
  for (let next = frontier(graph, left); next.length > 0; next = frontier(graph, left)) {
    const facts: ValueInfo[] = [];
    for (const name of next) {
      const [one, two = one] = await Promise.all(feeds.map((feed) => shapeOf(session, feed, name)));
      if (one === undefined) continue;
      const dims = merged(one, two ?? one, batch);
      facts.push({ name, dataType: types.get(name) as ElementType, dims });
    }
    learnShapes(graph, facts);
    const open = new Set(stillOpen());
    left = left.filter((name) => !next.includes(name) && open.has(name));
  }
}

const ONE = { samples: 1, mean: 0, std: 1 } as const;

/** A copy whose open batch has a name, by which it is found again behind what is learned. */
function withNamedBatch(model: OnnxModel): OnnxModel {
  const { graph } = model;
  const name = (value: ValueInfo): ValueInfo =>
    value.dims?.[0] === null ? { ...value, dims: ['batch', ...value.dims.slice(1)] } : value;
  return model.withGraph(graph.withInterface(graph.inputs.map(name), graph.outputs));
}

/** Names of tensors with an open type or length that does not depend on values, in topological order. */
function askable(model: OnnxModel): readonly string[] {
  const open = new Set(openTensors(model));
  const byValue = new Set<string>();
  const names: string[] = [];
  for (const node of model.graph.topological()) {
    const depends =
      node.is(...BY_VALUE) || [...node.inputs, ...node.captures].some((name) => byValue.has(name));
    for (const output of node.outputs) {
      if (depends) byValue.add(output);
      else if (open.has(output)) names.push(output);
    }
  }
  return names;
}

/** Those that no other of them leads to. */
function frontier(graph: Graph, asked: readonly string[]): readonly string[] {
  const behind = new Set(asked);
  for (const node of graph.topological())
    if (node.inputs.some((name) => behind.has(name))) for (const output of node.outputs) behind.add(output);
  return asked.filter((name) => !graph.producerOf(name)?.inputs.some((input) => behind.has(input)));
}

async function openedOr(
  model: OnnxModel,
  names: readonly string[],
  signal: AbortSignal | undefined,
): Promise<TensorSession | undefined> {
  try {
    return await TensorSession.open(exposeTensors(model, names), { signal, threads: 1 });
  } catch (cause) {
    return undefinedUnlessStopped(cause);
  }
}

async function shapeOf(
  session: TensorSession,
  feeds: Feeds,
  name: string,
): Promise<readonly number[] | undefined> {
  try {
    return (await session.run(feeds, [name]))[name]?.dims;
  } catch (cause) {
    // A model that works at batch 1 only, say, or a result that is no tensor of numbers.
    return undefinedUnlessStopped(cause);
  }
}

/** Refusing a model is for the work that needs it, which knows what to say. */
function undefinedUnlessStopped(cause: unknown): undefined {
  const isRefusal = cause instanceof CompressError && !['cancelled', 'worker-hung'].includes(cause.code);
  if (!isRefusal) throw cause;
  return undefined;
}

/** @param one at batch 1 @param two at batch 2, or the same again */
function merged(
  one: readonly number[],
  two: readonly number[],
  batch: Dimension,
): readonly Dimension[] | undefined {
  if (one.length !== two.length) return undefined;
  return one.map((length, axis) => {
    if (length === two[axis]) return length;
    return axis === 0 && length === 1 && two[axis] === 2 ? batch : null;
  });
}
