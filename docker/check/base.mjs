/** The folder that stands for node:22-bookworm-slim: Debian by debootstrap, Node.js and npm from their packages. */
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';

const MIRROR = 'http://deb.debian.org/debian';
const NODE = '22.23.3';
const NPM = '10.9.4';
/** There only where this machine trusts further ones. */
export const EXTRA_AUTHORITIES = 'etc/ssl/extra-authorities.pem';

const run = (command, args) => execFileSync(command, args, { stdio: ['ignore', 2, 2] });

export function makeBase(work) {
  const base = join(work, 'base');
  const done = join(work, 'base.done');
  if (existsSync(done)) return base;
  rmSync(base, { recursive: true, force: true });
  mkdirSync(work, { recursive: true });
  run('debootstrap', ['--variant=minbase', 'bookworm', base, MIRROR]);
  const architecture = process.arch === 'arm64' ? 'arm64' : 'x64';
  const packages = join(work, 'node');
  const named = [`node-linux-${architecture}@${NODE}`, `npm@${NPM}`];
  run('npm', ['install', '--silent', '--no-save', '--no-audit', '--no-fund', '--prefix', packages, ...named]);
  const modules = join(packages, 'node_modules');
  copyFileSync(join(modules, `node-linux-${architecture}`, 'bin/node'), join(base, 'usr/local/bin/node'));
  chmodSync(join(base, 'usr/local/bin/node'), 0o755);
  cpSync(join(modules, 'npm'), join(base, 'usr/local/lib/node_modules/npm'), { recursive: true });
  for (const name of ['npm', 'npx']) {
    symlinkSync(`../lib/node_modules/npm/bin/${name}-cli.js`, join(base, 'usr/local/bin', name));
  }
  copyFileSync('/etc/resolv.conf', join(base, 'etc/resolv.conf'));
  // No package of Debian's starts a server there.
  writeFileSync(join(base, 'usr/sbin/policy-rc.d'), '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  // A proxy between this machine and the registry may have an authority of its own.
  const authorities = process.env.NODE_EXTRA_CA_CERTS;
  if (authorities) copyFileSync(authorities, join(base, EXTRA_AUTHORITIES));
  writeFileSync(done, '');
  return base;
}
