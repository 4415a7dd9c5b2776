import { digestOfRecipe, hardwareClassOf } from '@hamon/compress';
import type { CompressionReport, DeviceFacts, VariantFigures } from '@hamon/contracts';
import { FACTS } from './enrol.js';
import { sha256 } from './push.js';

const RECIPE = { schema: 'hamon.recipe/1', variants: ['int8-static'], seed: 1 };

/** Figures of a variant that is as fast as said and as right as the original. */
export const figures = (p50Ms: number, change: Partial<VariantFigures> = {}): VariantFigures => ({
  bytes: 1,
  oneThread: { threads: 1, runs: 100, p50Ms, p95Ms: p50Ms * 1.5 },
  rssMb: 60,
  loadMs: 20,
  samples: 200,
  accuracy: 0.95,
  agreement: 1,
  ...change,
});

/** A report about these files, by variant name. */
export function reportOf(
  files: Readonly<Record<string, { readonly bytes: Uint8Array; readonly figures?: VariantFigures }>>,
  { version = '1.0.0', facts = FACTS as DeviceFacts, createdAt = '2026-03-01T12:00:00.000Z' } = {},
): CompressionReport {
  return {
    createdAt,
    model: 'tiny',
    version,
    machine: { hardwareClass: hardwareClassOf(facts), cpu: 'Test CPU', facts },
    provenance: {
      recipe: RECIPE,
      recipeSha256: digestOfRecipe(RECIPE),
      tools: { hamon: '0.1.0', onnxruntime: '1.30.0' },
      input: { file: 'model.fp32.onnx', bytes: 1000, sha256: 'd'.repeat(64) },
      calibration: { samples: 200, sha256: 'e'.repeat(64) },
    },
    variants: Object.entries(files).map(([name, { bytes, figures: shown = figures(1) }]) => ({
      name,
      file: `model.${name}.onnx`,
      sha256: sha256(bytes),
      figures: { ...shown, bytes: bytes.length },
    })),
    selection: { kind: 'chosen', variant: 'fp32' },
  };
}
