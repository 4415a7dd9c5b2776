import { TestEnvironment } from 'jest-environment-node';

/**
 * Jest runs tests in a realm of its own, whose typed arrays fail the host's `instanceof` checks
 * (onnxruntime-node and Buffer-based codecs make such checks), so the realm gets the host's.
 */
const SHARED = [
  'ArrayBuffer',
  'SharedArrayBuffer',
  'Uint8Array',
  'Int8Array',
  'Uint8ClampedArray',
  'Uint16Array',
  'Int16Array',
  'Uint32Array',
  'Int32Array',
  'Float32Array',
  'Float64Array',
  'BigInt64Array',
  'BigUint64Array',
];

export default class NodeEnvironment extends TestEnvironment {
  async setup() {
    await super.setup();
    for (const name of SHARED) this.global[name] = globalThis[name];
  }
}
