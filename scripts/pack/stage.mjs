/** A folder as a tarball will hold it: one of our packages, with those of ours that it needs inside. */
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { licenceList } from './licences.mjs';
import { RUNTIME, RUNTIME_NEEDS, stageRuntime } from './runtime.mjs';

const readJson = (path) => JSON.parse(readFileSync(path, 'utf8'));
const writeJson = (path, value) => writeFileSync(path, `${JSON.stringify(value, null, 2)}\n`);

/**
 * Where Node.js finds them for all that is in `dist`. Not as bundled dependencies: npm 10 then installs the binaries of every
 * platform with a global package, and both 10 and 11 leave out what a bundled package needs itself.
 */
const INSIDE = 'dist/node_modules';

/** Types and source maps are for who works on it. */
const isNeeded = (path) => !/\.(d\.c?ts|map|tsbuildinfo)$/.test(path);

/** Inside as well, without the sources that are two thirds of it: only our own code uses it. */
const TRIMMED = 'zod';

function copy(from, to) {
  cpSync(from, to, { recursive: true, filter: isNeeded });
}

export function stagePackage({ root, lock, name, to, platforms }) {
  const source = join(root, lock.folderOf(name));
  const { files, exports: entries, ...described } = readJson(join(source, 'package.json'));
  const { version, description, license, type, engines, bin, peerDependencies, peerDependenciesMeta } =
    described;
  const own = [...lock.ownOf(name)].sort();
  const title = `${name} ${version}`;
  rmSync(to, { recursive: true, force: true });
  mkdirSync(to, { recursive: true });
  for (const path of files) copy(join(source, path), join(to, path));
  copy(join(root, 'LICENSE'), join(to, 'LICENSE'));
  writeFileSync(join(to, 'THIRD-PARTY-LICENSES'), licenceList(root, title, lock.closureOf(name)));
  for (const needed of own) stageOwn(root, lock, needed, join(to, INSIDE, needed));
  const foreign = lock.foreignOf(name);
  if (foreign.has(RUNTIME)) {
    stageRuntime(root, join(to, INSIDE, RUNTIME), platforms);
    foreign.delete(RUNTIME);
    for (const needed of RUNTIME_NEEDS) foreign.set(needed, lock.packages[lock.placeOf(needed, '')].version);
  }
  if (foreign.delete(TRIMMED)) stageTrimmed(root, join(to, INSIDE, TRIMMED));
  writeJson(join(to, 'package.json'), {
    ...{ name, version, description, license, type, engines, bin, exports: entries },
    files: [...files, 'LICENSE', 'THIRD-PARTY-LICENSES'],
    // Exactly what was tested; a range would install what came out since.
    dependencies: Object.fromEntries([...foreign].sort()),
    ...{ peerDependencies, peerDependenciesMeta },
  });
  return title;
}

/** Without what it needs: the outer package names that, so that it is there once. */
function stageOwn(root, lock, name, to) {
  const source = join(root, lock.folderOf(name));
  const { version, license, type, engines, exports: entries, files } = readJson(join(source, 'package.json'));
  mkdirSync(to, { recursive: true });
  for (const path of files) copy(join(source, path), join(to, path));
  writeJson(join(to, 'package.json'), { name, version, license, type, engines, exports: entries, files });
}

function stageTrimmed(root, to) {
  const source = join(root, 'node_modules', TRIMMED);
  const isProgram = (path) => isNeeded(path) && path !== join(source, 'src');
  cpSync(source, to, { recursive: true, filter: isProgram });
}
