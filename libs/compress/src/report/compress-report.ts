import type { DeviceFacts } from '@hamon/contracts';
import type { CompiledReport } from '../compile/compiled-report.js';
import type { Selection } from '../choose/select-variant.js';
import type { MeasuredVariant } from '../measure/measure-variants.js';
import type { Recipe } from '../recipe/recipe.js';

/** One variant, made and measured. */
export interface VariantReport extends MeasuredVariant {
  /** `fp32` is the original. */
  readonly name: string;
  /** In the output folder. */
  readonly file: string;
  readonly bytes: number;
  readonly sha256: string;
  /** Multiply-accumulates of one inference; absent where shapes leave it open. */
  readonly macs?: number;
  /** How long it took to make. */
  readonly buildSeconds: number;
  /** What was decided while making it. */
  readonly notes: Readonly<Record<string, unknown>>;
  /** Node of the source for nodes of the file, by the name of the node's first output in the file. */
  readonly nodeMap: Readonly<Record<string, string>>;
}

/** One layer of the source, with what it takes in each variant. */
export interface LayerReport {
  /** Name of the node in the source. */
  readonly name: string;
  readonly operator: string;
  readonly macs?: number;
  /** Bytes of its weights in each variant's file, scales included. */
  readonly bytes: Readonly<Record<string, number>>;
  /** How far the model's outputs move when this layer alone is int8; 0 is not at all. */
  readonly sensitivity?: number;
}

/** Everything that made the result: the same on the same input gives the same files. */
export interface Provenance {
  readonly recipe: Recipe;
  /** SHA-256 of the recipe in canonical JSON. */
  readonly recipeSha256: string;
  readonly tools: Readonly<Record<string, string>>;
  /** The file's name without its folder. */
  readonly input: { readonly file: string; readonly bytes: number; readonly sha256: string };
  readonly calibration?: { readonly samples: number; readonly sha256: string };
  readonly evaluation?: { readonly samples: number; readonly sha256: string };
}

/** The schema `hamon.compress-report/1` of `report.json`. */
export interface CompressReport {
  readonly schema: 'hamon.compress-report/1';
  readonly createdAt: string;
  readonly seconds: number;
  /** Absent for an ONNX file alone. */
  readonly model?: { readonly name: string; readonly version: string };
  readonly machine: { readonly hardwareClass: string; readonly cpu: string; readonly facts: DeviceFacts };
  readonly provenance: Provenance;
  /** The original first. */
  readonly variants: readonly VariantReport[];
  /** The variants as onnxruntime optimizes them for this machine; only where the recipe says `compile`. */
  readonly compiled?: readonly CompiledReport[];
  readonly layers: readonly LayerReport[];
  /** Names of the variants that no other beats in accuracy, p50 and size all at once. */
  readonly paretoFront: readonly string[];
  /** Every file of the result, by its path in the output folder. */
  readonly files: readonly string[];
  /** The variant for this machine's hardware class. */
  readonly selection: Selection;
}
