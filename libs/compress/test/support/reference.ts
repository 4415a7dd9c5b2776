import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** The reference models and images, which are not part of the repository. */
export const REFERENCE = resolve(import.meta.dirname, '../../../../../shared/data');
export const hasReference = existsSync(join(REFERENCE, 'models'));
