/** The kinds of variants that are built here; also the names that they carry in a bundle. */
export const VARIANT_KINDS = [
  'fp16',
  'int8-static',
  'int8-static-tensor',
  'int8-mixed',
  'int8-dynamic',
  'int8-weights',
  'int4-weights',
  'pruned',
  'pruned-int8',
] as const;

export type VariantKind = (typeof VARIANT_KINDS)[number];

/** One variant as a file in memory. */
export interface VariantBuild {
  readonly name: VariantKind;
  /** The ONNX file. */
  readonly bytes: Uint8Array;
  /** What was decided on the way, for the report: JSON without units left implicit. */
  readonly notes: Readonly<Record<string, unknown>>;
  /** Node of the source model for each node of the file that stands for one, by the first output's name in the file. */
  readonly nodeMap: Readonly<Record<string, string>>;
}
