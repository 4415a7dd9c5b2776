/**
 * `npm run pack [-- --out DIR] [--platforms LIST|all] [agent] [cli] [control-plane]`: tarballs that install alone by
 * `npm install -g FILE`, each with our own libraries and onnxruntime inside. Says the path of each on stdout.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { Lock } from './lock.mjs';
import { GATEWAYS, PLATFORMS } from './runtime.mjs';
import { stagePackage } from './stage.mjs';

const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const ALL = ['agent', 'cli', 'control-plane'];

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    out: { type: 'string', default: join(ROOT, 'dist/packages') },
    platforms: { type: 'string', default: GATEWAYS.join() },
  },
});
const platforms = values.platforms === 'all' ? PLATFORMS : values.platforms.split(',');
requireKnown(positionals, ALL);
requireKnown(platforms, PLATFORMS);
const out = resolve(values.out);
mkdirSync(out, { recursive: true });
const lock = new Lock(ROOT);
for (const short of positionals.length > 0 ? positionals : ALL) {
  const folder = join(out, `.${short}`);
  const title = stagePackage({ root: ROOT, lock, name: `@hamon/${short}`, to: folder, platforms });
  const args = ['pack', '--silent', '--ignore-scripts', '--pack-destination', out];
  const packed = spawnSync('npm', args, {
    cwd: folder,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (packed.status !== 0) throw new Error(`npm pack of ${title} failed`);
  const file = join(out, packed.stdout.trim().split('\n').at(-1));
  process.stderr.write(`pack: ${title}, ${(statSync(file).size / 1e6).toFixed(1)} MB\n`);
  process.stdout.write(`${relative(process.cwd(), file)}\n`);
}

function requireKnown(names, known) {
  const unknown = names.filter((name) => !known.includes(name));
  if (unknown.length === 0) return;
  process.stderr.write(`pack: there is no ${unknown.join(', ')}; there are ${known.join(', ')}\n`);
  process.exit(2);
}
