import type { GraphNode } from './graph-node.js';

/** One place where a node reads a tensor. */
export interface Use {
  readonly node: GraphNode;
  readonly index: number;
}

/** Which nodes read a tensor, as an input or inside a subgraph. */
export class TensorUses {
  private readonly readers = new Map<string, Set<GraphNode>>();

  add(node: GraphNode): void {
    for (const tensor of [...node.inputs, ...node.captures]) {
      if (tensor === '') continue;
      const readers = this.readers.get(tensor);
      if (readers === undefined) this.readers.set(tensor, new Set([node]));
      else readers.add(node);
    }
  }

  remove(node: GraphNode): void {
    for (const tensor of [...node.inputs, ...node.captures]) {
      const readers = this.readers.get(tensor);
      readers?.delete(node);
      if (readers?.size === 0) this.readers.delete(tensor);
    }
  }

  has(tensor: string): boolean {
    return this.readers.has(tensor);
  }

  /** The nodes that read the tensor, in subgraphs too, each once. */
  nodesOf(tensor: string): readonly GraphNode[] {
    return [...(this.readers.get(tensor) ?? [])];
  }

  /** Every input of a node that reads the tensor, in order of the nodes. */
  of(tensor: string): readonly Use[] {
    return this.nodesOf(tensor).flatMap((node) =>
      node.inputs.flatMap((name, index) => (name === tensor ? [{ node, index }] : [])),
    );
  }
}
