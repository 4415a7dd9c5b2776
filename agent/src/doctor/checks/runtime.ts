import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { hardwareFacts, probeProvider } from '@hamon/inference';
import { temporaryFolder } from '../../adapters/temporary-folder.js';
import { AGENT_VERSION } from '../../agent-version.js';
import type { Check } from '../check.js';
import { fail, ok } from '../finding.js';

const LIMIT_MS = 8000;

/** In a process of its own, as each model: a runtime that crashes must not take the report with it. */
export const runtime: Check = {
  name: 'onnxruntime',
  run: async ({ paths }, signal) => {
    const startedMs = performance.now();
    const folder = await temporaryFolder('hamon-doctor-', paths?.folder ?? tmpdir());
    const fault = await probeProvider('cpu', folder, { timeMs: LIMIT_MS, signal }).finally(() =>
      rm(folder, { recursive: true, force: true }),
    );
    const ms = Math.round(performance.now() - startedMs);
    if (fault !== undefined) {
      return fail(`a model of one node does not run: ${fault}`, 'npm rebuild -g onnxruntime-node');
    }
    const { onnxruntime, arch } = await hardwareFacts(AGENT_VERSION);
    return ok(`${onnxruntime} on ${arch} loaded a model and answered, ${ms} ms`);
  },
};
