import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The repository's root: this file is scripts/demo/dist/root.js. */
export const ROOT = dirname(dirname(dirname(dirname(fileURLToPath(import.meta.url)))));
export const CONTROL_PLANE = join(ROOT, 'apps/control-plane/dist/main.js');
