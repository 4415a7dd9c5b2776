import type { InferenceSession } from 'onnxruntime-node';

/**
 * On x64 without VNNI onnxruntime's fastest kernels add products of 8 bits in 16, which saturate, so that one int8 file
 * answers otherwise on an older PC than on a Raspberry Pi. This takes the exact kernels there, and changes nothing on any
 * other CPU.
 * @see https://onnxruntime.ai/docs/performance/model-optimizations/quantization.html
 */
export const EXACT_INTEGERS = { x64quantprecision: '1' } as const;

/** How every session of Hamon's runs a model: on the CPU, one node after another, with exact integers. */
export const sessionOptions = (intraOpNumThreads: number): InferenceSession.SessionOptions => ({
  executionProviders: ['cpu'],
  intraOpNumThreads,
  interOpNumThreads: 1,
  executionMode: 'sequential',
  logSeverityLevel: 3,
  extra: { session: EXACT_INTEGERS },
});
