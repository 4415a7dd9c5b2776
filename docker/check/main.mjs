/**
 * `node docker/check/main.mjs [--work DIR] [agent] [control-plane]`: carries out each line of the Dockerfiles in debootstrap folders,
 * and starts what they make as their user, with a read-only root. Needs root, debootstrap, and the networks of Debian and npm.
 * What it is not: a container engine. Capabilities, seccomp and networks of containers are not tried.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { makeBase } from './base.mjs';
import { build } from './build.mjs';
import { runIn } from './run-in.mjs';

const DOCKER = dirname(dirname(fileURLToPath(import.meta.url)));
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { work: { type: 'string', default: '/var/tmp/hamon-docker-check' } },
});
const work = resolve(values.work);
// What a service manager or a clean-up empties is no place for a system.
if (process.getuid() !== 0 || !existsSync('/usr/sbin/debootstrap')) {
  process.stderr.write('check: needs root, and Debian’s package "debootstrap"\n');
  process.exit(2);
}

/** What is started in the last stage, and what it must say. */
const PROOFS = {
  agent: [
    { command: ['hamon-agent', '--version'], says: /^\d+\.\d+\.\d+$/m },
    { command: ['hamon-agent', 'doctor'], says: /^ok {4}onnxruntime /m },
    { command: ['ffmpeg', '-version'], says: /^ffmpeg version/m },
  ],
  'control-plane': [
    { command: ['hamon', '--version'], says: /^\d+\.\d+\.\d+$/m },
    {
      command: ['node', '/opt/hamon/lib/node_modules/@hamon/control-plane/dist/main.js', '--help'],
      says: /DATABASE_URL/,
    },
  ],
};

const base = makeBase(work);
for (const name of positionals.length > 0 ? positionals : Object.keys(PROOFS)) {
  const file = join(DOCKER, `${name}.Dockerfile`);
  const stages = build({ file, context: dirname(DOCKER), base, work });
  const image = [...stages.values()].at(-1);
  const [, , uid, gid] = readFileSync(join(image.root, 'etc/passwd'), 'utf8')
    .match(/^hamon:.*$/m)[0]
    .split(':');
  const place = {
    env: image.env,
    folder: image.folder,
    user: `${uid}:${gid}`,
    readOnly: true,
    writable: [image.folder],
  };
  for (const { command, says } of PROOFS[name]) {
    const { stdout } = runIn(image.root, place, command);
    if (!says.test(stdout)) throw new Error(`${command.join(' ')} said\n${stdout}`);
    process.stderr.write(`check: ${command.join(' ')} works there\n`);
  }
  const megabytes = execFileSync('du', ['-sm', join(image.root, 'opt/hamon')], { encoding: 'utf8' }).split(
    '\t',
  )[0];
  process.stdout.write(`${name}: /opt/hamon takes ${megabytes} MB\n`);
}
