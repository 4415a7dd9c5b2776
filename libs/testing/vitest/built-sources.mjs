import { existsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

/** `…/libs/trust/src/tokens.js` → `…/libs/trust/dist/tokens.js` */
const builtPath = (path) => path.replace(/\/src\/((?:[^/]+\/)*[^/]+\.js)$/, '/dist/$1');

/**
 * Tests import `../src/x.js` and get what the compiler made of it. Node loads that itself, as it does in every process of
 * the product: once per worker, with its own module registry.
 */
export const builtSources = {
  name: 'built-sources',
  enforce: 'pre',
  resolveId(source, importer) {
    if (!source.startsWith('.') || importer === undefined || importer.includes('/node_modules/'))
      return undefined;
    const path = resolve(dirname(importer), source);
    const built = builtPath(path);
    return built !== path && existsSync(built) ? { id: built, external: true } : undefined;
  },
};
