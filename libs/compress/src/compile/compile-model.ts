import { TensorSession } from '../runtime/tensor-session.js';

/**
 * Has onnxruntime write a model as it optimizes it for this machine's CPU, all levels included: fusions, and the layouts
 * that its kernels want. In a child process, at one thread.
 * @throws CompressError as {@link TensorSession.open} does
 */
export async function compileModel(from: string, to: string, signal?: AbortSignal): Promise<void> {
  const session = await TensorSession.open(from, { threads: 1, optimizedModelPath: to, signal });
  await session.close();
}
