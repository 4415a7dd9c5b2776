import { workerData } from 'node:worker_threads';

/**
 * A thread of its own, because the main one may compute for seconds without looking up. When the parent is gone, whoever
 * killed it expects that nothing of it goes on: the whole process group ends, processes around onnxruntime included.
 */
const { parent } = workerData as { readonly parent: number };
const EVERY_MS = 100;

setInterval(() => {
  if (process.ppid === parent) return;
  // Group 0 is the caller's own, led by this process.
  process.kill(0, 'SIGKILL');
}, EVERY_MS);
