/** A `report.json` as `hamon compress` writes it, of one original. */
export function compressReport(sha256: string, bytes: number) {
  const latency = { threads: 1, rounds: 15, runs: 1500, p50Ms: 0.4, p95Ms: 0.6, ratio: 1 };
  const facts = {
    arch: 'x64',
    platform: 'linux',
    cores: 2,
    memoryMb: 8000,
    node: '20.19.0',
    onnxruntime: '1.30.0',
    accelerators: ['avx2'],
    agent: 'hamon-compress',
  };
  const quality = { samples: 40, accuracy: 0.95, balancedAccuracy: 0.9, agreement: 1, klToFp32: 0 };
  return {
    schema: 'hamon.compress-report/1',
    createdAt: '2026-03-01T12:00:00.000Z',
    seconds: 12.5,
    model: { name: 'tile-inspector', version: '1.0.0' },
    machine: { hardwareClass: 'x64-2c-8g-ort1.30-avx2', cpu: 'Test CPU', facts },
    provenance: {
      recipe: { schema: 'hamon.recipe/1', variants: ['int8-static'] },
      recipeSha256: 'a'.repeat(64),
      tools: { hamon: '0.1.0', onnxruntime: '1.30.0', node: '20.19.0' },
      input: { file: 'model.fp32.onnx', bytes, sha256 },
      calibration: { samples: 40, sha256: 'b'.repeat(64) },
    },
    variants: [
      {
        ...{ name: 'fp32', file: 'model.fp32.onnx', bytes, sha256, macs: 1000 },
        ...{ calibration: quality, evaluation: { ...quality, accuracy: 0.94 } },
        latency: { oneThread: latency },
        ...{ rssMb: 70, loadMs: 12, buildSeconds: 0, notes: {}, nodeMap: { a: 'b' } },
      },
    ],
    layers: [{ name: 'conv', operator: 'Conv', bytes: { fp32: 100 } }],
    paretoFront: ['fp32'],
    selection: { kind: 'chosen', variant: 'fp32', rejected: [] },
  };
}
