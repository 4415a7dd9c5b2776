import { existsSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const WORKSPACE = '(?:(?:libs|apps|examples|scripts)/[^/]+|agent|migrations)';
const SOURCE = new RegExp(`^(${WORKSPACE})/src/(.+\\.js)$`);

/** What the compiler made: Node loads it itself. */
export const BUILT = new RegExp(`/${WORKSPACE}/dist/`);

/**
 * Tests import `../src/x.js` and get what the compiler made of it, as every process of the product does: loaded once per
 * worker, in Node's own module registry.
 */
export const builtSources = {
  name: 'built-sources',
  enforce: 'pre',
  resolveId(source, importer) {
    if (!source.startsWith('.') || importer === undefined) return undefined;
    const path = relative(ROOT, resolve(dirname(importer), source));
    if (!SOURCE.test(path)) return undefined;
    const built = join(ROOT, path.replace(SOURCE, '$1/dist/$2'));
    // Compiled here instead it would be another module than the one that everything else loads.
    if (!existsSync(built)) throw new Error(`${built} is not there: run "npm run setup"`);
    return { id: built, external: true };
  },
};
