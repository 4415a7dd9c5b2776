import { createRequire } from 'node:module';
import type * as Runtime from 'onnxruntime-node';

/**
 * onnxruntime. It is CommonJS: imported as a module of the other kind, a parser would look for the names that it exports, and
 * cost every child a megabyte.
 */
export const runtime = createRequire(import.meta.url)('onnxruntime-node') as typeof Runtime;
