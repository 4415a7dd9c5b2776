import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The repository: this file is test/e2e/support/root.ts. */
export const ROOT = dirname(dirname(dirname(dirname(fileURLToPath(import.meta.url)))));
export const EXAMPLE = join(ROOT, 'examples/surface-inspection');
export const MODEL = 'surface-inspection';
