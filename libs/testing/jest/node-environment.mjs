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

/**
 * What Node's own modules throw are errors of the host's realm, which `instanceof Error` would deny here and nowhere
 * else. The realm's own errors come from its engine and cannot be replaced, so its `Error` knows both.
 */
function knowHostErrors(RealmError) {
  const ordinary = Function.prototype[Symbol.hasInstance];
  Object.defineProperty(RealmError, Symbol.hasInstance, {
    value(value) {
      return ordinary.call(this, value) || (this === RealmError && value instanceof Error);
    },
  });
}

export default class NodeEnvironment extends TestEnvironment {
  async setup() {
    await super.setup();
    for (const name of SHARED) this.global[name] = globalThis[name];
    knowHostErrors(this.global.Error);
  }
}
