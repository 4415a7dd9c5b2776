import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { arch, availableParallelism, platform, totalmem } from 'node:os';
import type { DeviceFacts } from '@hamon/contracts';
import { readProc } from './limits/read-proc.js';

/** Instruction sets that decide which variant is fast here, by the names of /proc/cpuinfo. */
const NOTEWORTHY = [
  'avx2',
  'avx512f',
  'avx512_vnni',
  'avx_vnni',
  'amx_int8',
  'asimddp',
  'asimdhp',
  'i8mm',
  'sve',
  'bf16',
];

/** As many as facts have room for. */
const MOST_ACCELERATORS = 16;

/**
 * What a hardware class is made of, measured here. `agent` is the asking program's own version.
 *
 * @param executionProviders beside the CPU's, those that were found to work here (`probeProvider`)
 */
export async function hardwareFacts(
  agent: string,
  executionProviders: readonly string[] = [],
): Promise<DeviceFacts> {
  return {
    arch: arch(),
    platform: platform(),
    cores: availableParallelism(),
    memoryMb: Math.max(1, Math.round(totalmem() / 1024 ** 2)),
    node: process.versions.node,
    onnxruntime: await onnxruntimeVersion(),
    accelerators: [...executionProviders, ...(await instructionSets())].slice(0, MOST_ACCELERATORS),
    agent,
  };
}

/** Read from the package's own description: loading the runtime just for its version would cost its memory. */
async function onnxruntimeVersion(): Promise<string> {
  const path = createRequire(import.meta.url).resolve('onnxruntime-node/package.json');
  return (JSON.parse(await readFile(path, 'utf8')) as { version: string }).version;
}

async function instructionSets(): Promise<string[]> {
  const cpuinfo = await readProc('/proc/cpuinfo');
  const flags = new Set(/^(?:flags|Features)\s*:(.*)$/m.exec(cpuinfo)?.[1]?.trim().split(/\s+/));
  return NOTEWORTHY.filter((name) => flags.has(name));
}
