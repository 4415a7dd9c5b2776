import { Graph } from './graph.js';
import type { ModelProto } from './generated/onnx_pb.js';

/** A model as data. Passes edit its graph in place; {@link clone} first to keep the original. */
export class OnnxModel {
  constructor(
    readonly graph: Graph,
    /** Version of the file format. */
    public irVersion: number,
    /** Version of each operator set, by domain; ONNX's own has the empty domain. */
    readonly opsets: Map<string, number>,
    readonly producer: { readonly name: string; readonly version: string },
    readonly residue?: ModelProto,
  ) {}

  /** Version of ONNX's own operator set. */
  get opset(): number {
    return this.opsets.get('') ?? this.opsets.get('ai.onnx') ?? 1;
  }

  /** An independent model; tensors, which never change, are shared. */
  clone(): OnnxModel {
    return this.withGraph(this.graph.clone());
  }

  /** The same model around another graph. */
  withGraph(graph: Graph): OnnxModel {
    return new OnnxModel(graph, this.irVersion, new Map(this.opsets), this.producer, this.residue);
  }
}
