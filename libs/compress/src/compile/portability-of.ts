import type { OnnxModel } from '@hamon/onnx';
import type { Portability } from './compiled-report.js';

/** Convolutions whose weights and activations are packed in blocks as wide as the CPU's vectors. */
const BLOCKED = 'com.microsoft.nchwc';

/** What ties an optimized file to where it was made (onnxruntime, "Graph optimizations", offline mode). */
export function portabilityOf({ graph }: OnnxModel, hardwareClass: string, onnxruntime: string): Portability {
  const foreign = graph.nodes.filter(({ domain }) => domain !== '' && domain !== 'ai.onnx');
  const operators = [...new Set(foreign.map(({ domain, opType }) => `${domain}.${opType}`))].sort();
  const blocked = foreign.some(({ domain }) => domain === BLOCKED);
  return {
    hardwareClass,
    onnxruntime,
    executionProvider: 'cpu',
    operators,
    limits: [
      `for onnxruntime ${onnxruntime}: another version may not know its operators, or not optimize further`,
      'for the CPU execution provider: others were not asked which nodes they take',
      blocked
        ? `for CPUs of class ${hardwareClass} only: its convolutions are packed in blocks as wide as this CPU's vectors`
        : `for CPUs of class ${hardwareClass}: kernels were chosen for its instruction sets, and measured there alone`,
    ],
  };
}
