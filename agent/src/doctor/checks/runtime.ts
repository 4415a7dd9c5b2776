import { rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hardwareFacts, InferenceHost } from '@hamon/inference';
import { temporaryFolder } from '../../adapters/temporary-folder.js';
import { AGENT_VERSION } from '../../agent-version.js';
import type { Check } from '../check.js';
import { fail, ok } from '../finding.js';

/** An ONNX model of one node that adds `x` (four floats) to itself. */
const DOUBLING = Buffer.from(
  'CAgSDWhhbW9uLXRlc3Rpbmc6TAoXCgF4CgF4EgNzdW0aBUFkZF8wIgNBZGQSBWdyYXBoWhMKAXgSDgoMCAESCAoCCAEKAggEYhUKA3N1bRIOCgwIARIICgIIAQoCCARCAhAR',
  'base64',
);
const LIMIT_MS = 8000;

/** In a process of its own, as each model: a runtime that crashes must not take the report with it. */
export const runtime: Check = {
  name: 'onnxruntime',
  run: async ({ paths }, signal) => {
    const folder = await temporaryFolder('hamon-doctor-', paths?.folder ?? tmpdir());
    try {
      const modelPath = join(folder, 'doubling.onnx');
      await writeFile(modelPath, DOUBLING);
      const startedMs = performance.now();
      const host = await InferenceHost.start({
        ...{ modelPath, signal, input: { name: 'x', dims: [1, 4] }, outputs: ['sum'] },
        ...{ intraOpNumThreads: 1, hangMs: LIMIT_MS, loadTimeoutMs: LIMIT_MS },
      });
      const { tensors } = await host.run(Float32Array.of(1, 2, 3, 4));
      await host.stop();
      const sum = Array.from(tensors.get('sum')?.data ?? [], Number);
      if (sum.join() !== '2,4,6,8') throw new Error(`1,2,3,4 doubled is ${sum.join()} here`);
      const { onnxruntime, arch } = await hardwareFacts(AGENT_VERSION);
      const ms = Math.round(performance.now() - startedMs);
      return ok(`${onnxruntime} on ${arch} loaded a model and answered, ${ms} ms`);
    } catch (cause) {
      return fail(
        `a model of one node does not run: ${(cause as Error).message}`,
        'npm rebuild -g onnxruntime-node',
      );
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },
};
