import { ORIGINAL_VARIANT } from '@hamon/contracts';
import type { GraphNode, OnnxModel } from '@hamon/onnx';
import { macsByNode } from '../macs.js';
import type { VariantBuild } from '../variant-build.js';
import type { LayerReport } from './compress-report.js';
import { isLayer, weightBytes } from '../weight-bytes.js';

/** Layers of the source in order, and what each takes in the variants' files, found again by the variants' node maps. */
export class LayerTable {
  private readonly bytes = new Map<string, Record<string, number>>();
  private readonly sensitivity = new Map<string, number>();
  private readonly layers: readonly GraphNode[];
  private readonly macs: ReadonlyMap<GraphNode, number>;

  constructor(source: OnnxModel) {
    this.layers = source.graph.topological().filter(isLayer);
    for (const layer of this.layers) this.bytes.set(nameOf(layer), {});
    for (const [layer, bytes] of weightBytes(source)) this.add(nameOf(layer), ORIGINAL_VARIANT, bytes);
    this.macs = knownMacs(source);
  }

  addVariant(
    model: OnnxModel,
    { name, nodeMap, notes }: Pick<VariantBuild, 'nodeMap' | 'notes'> & { readonly name: string },
  ): void {
    for (const [node, bytes] of weightBytes(model)) {
      const origin = nodeMap[node.outputs[0] ?? '']?.split(' + ').find((source) => this.bytes.has(source));
      if (origin !== undefined) this.add(origin, name, bytes);
    }
    for (const { layer, distance } of sensitivityIn(notes)) {
      const origin = layer.split(' + ').find((source) => this.bytes.has(source));
      if (origin !== undefined) this.sensitivity.set(origin, distance);
    }
  }

  report(): readonly LayerReport[] {
    return this.layers.map((layer) => {
      const name = nameOf(layer);
      const macs = this.macs.get(layer);
      const sensitivity = this.sensitivity.get(name);
      return {
        name,
        operator: layer.opType,
        ...(macs === undefined ? {} : { macs }),
        bytes: this.bytes.get(name) ?? {},
        ...(sensitivity === undefined ? {} : { sensitivity }),
      };
    });
  }

  private add(layer: string, variant: string, bytes: number): void {
    const entry = this.bytes.get(layer);
    if (entry !== undefined) entry[variant] = (entry[variant] ?? 0) + bytes;
  }
}

/** As `GraphNode.sources` calls it, which node maps are made of. */
const nameOf = ({ sources, name }: GraphNode): string => sources[0] ?? name;

function knownMacs(source: OnnxModel): ReadonlyMap<GraphNode, number> {
  try {
    return macsByNode(source);
  } catch {
    // Open shapes: the report goes without.
    return new Map();
  }
}

/** Mixed precision measures each layer alone in integers. */
function sensitivityIn(notes: VariantBuild['notes']): readonly { layer: string; distance: number }[] {
  const found = notes['sensitivity'];
  return Array.isArray(found) ? (found as { layer: string; distance: number }[]) : [];
}
