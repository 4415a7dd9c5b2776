import type { OnnxModel } from '../onnx-model.js';

/** Where the parts of a written model come from. */
export interface Provenance {
  /** One entry per node in written order. */
  readonly nodes: readonly {
    readonly opType: string;
    /** First output's name in the written model; nodes may be nameless. */
    readonly output: string;
    /** Names of the source model's nodes, see {@link GraphNode.sources}; empty for one that was added. */
    readonly sources: readonly string[];
  }[];
  /** Former names of renamed tensors, by present name. */
  readonly tensors: Readonly<Record<string, string>>;
}

export function provenanceOf(model: OnnxModel, renamed: ReadonlyMap<string, string> = new Map()): Provenance {
  const nodes = model.graph
    .topological()
    .map(({ opType, outputs: [output = ''], sources }) => ({ opType, output, sources }));
  return { nodes, tensors: Object.fromEntries(renamed) };
}

/**
 * Makes the file smaller without changing what it computes: inner tensors get names of one to three letters, nodes lose
 * names and documentation, and types and shapes of inner tensors are left to the runtime. Names that subgraphs use stay.
 * @returns the way back to the source's names
 */
export function compactNames(model: OnnxModel): Provenance {
  const { graph } = model;
  const renamed = new Map<string, string>();
  let counter = 0;
  const next = (): string => {
    let name = letters(counter);
    while (graph.isTaken(name)) name = letters((counter += 1));
    counter += 1;
    return name;
  };
  const shorten = (tensor: string): void => {
    if (tensor === '' || graph.isOutput(tensor) || graph.isInput(tensor) || graph.isCaptured(tensor)) return;
    const short = next();
    if (short.length >= tensor.length) return;
    graph.renameTensor(tensor, short);
    renamed.set(short, tensor);
  };
  for (const node of graph.topological()) {
    for (const input of node.inputs) if (graph.initializers.has(input) && !renamed.has(input)) shorten(input);
    for (const output of node.outputs) if (!renamed.has(output)) shorten(output);
    // An overload chooses a model-local function; that is no documentation.
    if ((node.residue?.overload ?? '') === '') graph.replaceNode(node, { name: '' });
  }
  graph.values.clear();
  return provenanceOf(model, renamed);
}

/** a … z, aa … zz, aaa … */
function letters(index: number): string {
  let rest = index;
  let name = '';
  do {
    name = String.fromCharCode(97 + (rest % 26)) + name;
    rest = Math.floor(rest / 26) - 1;
  } while (rest >= 0);
  return name;
}
