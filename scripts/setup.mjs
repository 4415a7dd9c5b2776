/**
 * Installs and builds what is missing or stale, and is silent when nothing is. It runs before anything is
 * installed, so it uses Node's own modules only. Everything it says goes to stderr.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const STATE = join(ROOT, 'node_modules', '.hamon');
const LOCK = join(ROOT, '.hamon-setup.lock');

const say = (text) => process.stderr.write(`setup: ${text}\n`);

function requireNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return;
  say(`Node.js 20.19 or newer is needed, this is ${process.versions.node}`);
  process.exit(1);
}

/** Two set-ups at once would break each other's node_modules; a lock of a dead process is taken over. */
function takeLock() {
  const own = `${LOCK}.${process.pid}`;
  writeFileSync(own, String(process.pid));
  process.on('exit', () => rmSync(own, { force: true }));
  for (const deadline = Date.now() + 600_000; ;) {
    const owner = heldBy(LOCK, own);
    if (owner === process.pid) break;
    if (Date.now() > deadline) {
      say(`another set-up (process ${owner}) holds ${LOCK} for ten minutes; stop it or remove the file`);
      process.exit(1);
    }
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 200);
  }
  process.on('exit', () => rmSync(LOCK, { force: true }));
}

/**
 * Takes the lock where no living process holds it; answers who has it then. A link gives the file its name with its text in
 * it. A dead holder's lock is replaced in one step by its successor, and never removed: by then it could be a living
 * one's.
 */
function heldBy(lock, own) {
  for (;;) {
    if (linked(own, lock)) return process.pid;
    const owner = readIfThere(lock);
    if (owner === String(process.pid)) return process.pid;
    if (isAlive(Number(owner))) return Number(owner);
    if (!existsSync(lock)) continue;
    const estate = `${lock}.of-${Number(owner)}`;
    const heir = heldBy(estate, own);
    if (heir !== process.pid) return heir;
    if (readIfThere(lock) === owner) renameSync(estate, lock);
    else rmSync(estate, { force: true });
  }
}

function linked(from, to) {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  }
}

function isAlive(pid) {
  try {
    return Number.isInteger(pid) && pid > 0 && process.kill(pid, 0);
  } catch (error) {
    return error.code === 'EPERM';
  }
}

const readIfThere = (path) => {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (error.code === 'ENOENT') return '';
    throw error;
  }
};

const stampOf = (name) => join(STATE, `${name}.stamp`);
const isFresh = (name, digest) => readIfThere(stampOf(name)) === digest;
function setStamp(name, digest) {
  mkdirSync(STATE, { recursive: true });
  writeFileSync(stampOf(name), digest);
}

function run(command, args, env = {}) {
  const { status, error } = spawnSync(command, args, {
    cwd: ROOT,
    stdio: ['ignore', 2, 2],
    env: { ...process.env, ...env },
    shell: process.platform === 'win32',
  });
  if (status === 0) return;
  say(`"${command} ${args.join(' ')}" failed${error ? `: ${error.message}` : ''}`);
  process.exit(1);
}

function digestOfContents(paths) {
  const hash = createHash('sha256');
  for (const path of paths)
    hash
      .update(path)
      .update(readIfThere(join(ROOT, path)))
      .update('\0');
  return hash.update(process.versions.modules).digest('hex');
}

/** Every npm workspace is built: a separate list would forget one, which would then stay stale. */
const workspaces = () =>
  JSON.parse(readIfThere(join(ROOT, 'package.json'))).workspaces.flatMap((pattern) =>
    pattern.endsWith('/*') ? foldersIn(pattern.slice(0, -2)) : [pattern],
  );

const foldersIn = (parent) =>
  readdirSync(join(ROOT, parent))
    .map((name) => `${parent}/${name}`)
    .filter((path) => existsSync(join(ROOT, path, 'package.json')));

function installPackages() {
  const manifests = [
    'package.json',
    'package-lock.json',
    ...workspaces().map((path) => `${path}/package.json`),
  ];
  const digest = digestOfContents(manifests);
  if (existsSync(join(ROOT, 'node_modules')) && isFresh('install', digest)) return;
  say('installing packages');
  // An existing folder is updated: removing it would break whoever uses it.
  const command = existsSync(join(ROOT, 'node_modules')) ? ['install', '--no-save'] : ['ci'];
  // onnxruntime-node holds its CPU binaries; its script would fetch CUDA ones that no gateway needs.
  run('npm', [...command, '--no-audit', '--no-fund', '--loglevel=error'], {
    ONNXRUNTIME_NODE_INSTALL: 'skip',
  });
  setStamp('install', digest);
}

/** Sources by path, size and time: reading them all would cost more than asking the compiler. */
function digestOfSources() {
  const hash = createHash('sha256');
  const visit = (directory) => {
    for (const entry of readdirSync(directory, { withFileTypes: true })) {
      if (entry.name === 'node_modules' || entry.name === 'dist' || entry.name === 'test') continue;
      const path = join(directory, entry.name);
      if (entry.isDirectory()) visit(path);
      else if (/\.(ts|json)$/.test(entry.name)) {
        const { size, mtimeMs } = statSync(path);
        hash.update(`${relative(ROOT, path)} ${size} ${mtimeMs}\n`);
      }
    }
  };
  for (const path of workspaces()) if (existsSync(join(ROOT, path))) visit(join(ROOT, path));
  for (const path of ['tsconfig.json', 'tsconfig.base.json']) hash.update(readIfThere(join(ROOT, path)));
  return hash.digest('hex');
}

function build() {
  const digest = digestOfSources();
  const built = workspaces().every((path) => existsSync(join(ROOT, path, 'dist')));
  if (built && isFresh('build', digest)) return;
  say('building');
  run(process.execPath, [join(ROOT, 'node_modules/typescript/bin/tsc'), '-b', 'tsconfig.json']);
  setStamp('build', digest);
}

const EXAMPLE = 'examples/surface-inspection';

/** The demo's images are drawn here rather than kept in the repository. */
function drawExampleImages() {
  const sources = existsSync(join(ROOT, EXAMPLE, 'src'))
    ? readdirSync(join(ROOT, EXAMPLE, 'src')).sort()
    : [];
  const digest = digestOfContents(sources.map((name) => `${EXAMPLE}/src/${name}`));
  if (existsSync(join(ROOT, EXAMPLE, 'images/line')) && isFresh('images', digest)) return;
  say('drawing the example images');
  run(process.execPath, [join(ROOT, EXAMPLE, 'dist/generate.js'), '--splits', 'line']);
  setStamp('images', digest);
}

requireNode();
takeLock();
installPackages();
build();
drawExampleImages();
