import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export interface Feed {
  readonly dims: readonly number[];
  readonly data: Float32Array | BigInt64Array;
  readonly type?: string;
}

export interface Made {
  readonly dims: readonly number[];
  readonly type: string;
  readonly data: readonly number[];
}

export interface Job {
  readonly bytes: Uint8Array;
  readonly feeds: Readonly<Record<string, Feed>>;
}

export interface RunResult {
  readonly outputs?: Readonly<Record<string, Made>>;
  readonly error?: string;
}

/** What onnxruntime, without its own optimizations, makes of the models. */
export function runModels(jobs: readonly Job[]): Promise<readonly RunResult[]> {
  return new Promise((resolve, reject) => {
    const child = fork(fileURLToPath(new URL('./model-child.mjs', import.meta.url)), [], {
      serialization: 'advanced',
      execArgv: [],
    });
    child.once('message', (results) => resolve(results as RunResult[]));
    child.once('error', reject);
    child.once('exit', (code, signal) => reject(new Error(`the runtime ended with ${code ?? signal}`)));
    child.send(jobs as Job[]);
  });
}

/** Smooth numbers of both signs, the same every time. */
export function waves(dims: readonly number[], phase = 0): Feed {
  const size = dims.reduce((product, dim) => product * dim, 1);
  return { dims, data: Float32Array.from({ length: size }, (_, at) => Math.sin(at * 0.7 + phase) * 2) };
}
