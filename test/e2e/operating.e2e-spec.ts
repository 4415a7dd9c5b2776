import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readFileIfThere } from '@hamon/content';
import { ROOT } from './support/root.js';
import { OwnPostgres } from './support/own-postgres.js';

const run = promisify(execFile);
const DOCUMENT = await readFile(join(ROOT, 'docs/OPERATING.md'), 'utf8');

let root: string;
let env: Record<string, string>;

/** The fenced block of a section that begins with a line. */
function block(section: string, firstLine: string): string {
  const from = DOCUMENT.indexOf(`\n${section}\n`);
  const found = /\n```\w+\n([\s\S]*?)\n```\n/g;
  found.lastIndex = from;
  for (let next = found.exec(DOCUMENT); from >= 0 && next; next = found.exec(DOCUMENT)) {
    if (next[1]?.startsWith(firstLine)) return next[1];
  }
  throw new Error(`docs/OPERATING.md says nothing under "${section}" that begins with "${firstLine}"`);
}

/** The operator's machine lies below a folder of the test; the repository is where it is. */
const here = (text: string): string =>
  text
    .replaceAll('/opt/hamon', ROOT)
    .replaceAll('/usr/bin/node', process.execPath)
    .replace(/(?<=[\s=#])\/(srv|data|var\/backups|etc)(?=[\s/])/g, `${root}/$1`);

const follow = (section: string, firstLine: string): Promise<unknown> =>
  run('bash', ['-euc', here(block(section, firstLine))], { env });
const systemctl = (verb: string): Promise<unknown> => run('systemctl', [verb, 'hamon'], { env });

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'hamon-operating-'));
  await chmod(root, 0o711);
  for (const folder of ['bin', 'srv', 'var/backups', 'etc/systemd/system']) {
    await mkdir(join(root, folder), { recursive: true });
  }
  await symlink(join(ROOT, 'test/e2e/support/fake-systemctl.mjs'), join(root, 'bin/systemctl'));
  const unit = join(root, 'etc/systemd/system/hamon.service');
  await writeFile(unit, here(block('## Running it as a service', '# /etc/systemd/system/hamon.service')));
  env = {
    PATH: `${join(root, 'bin')}:${process.env['PATH'] ?? ''}`,
    ...{ FAKE_UNIT: unit, HAMON_HTTP_PORT: '0', HAMON_MQTT_PORT: '0', HAMON_LOG_LEVEL: 'warn' },
  };
});
afterEach(async () => {
  await systemctl('stop');
  await rm(root, { recursive: true, force: true });
});

const json = async (path: string): Promise<Record<string, unknown>> =>
  JSON.parse(await readFile(path, 'utf8')) as Record<string, unknown>;

async function models(folder: string, added?: string): Promise<string[]> {
  const { httpUrl } = await json(join(root, folder, 'server.json'));
  const token = (await readFile(join(root, folder, 'admin-token'), 'utf8')).trim();
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const url = `${String(httpUrl)}/v1/models`;
  if (added !== undefined) {
    const body = JSON.stringify({ name: added, task: 'classification' });
    expect((await fetch(url, { method: 'POST', headers, body })).status).toBe(201);
  }
  const answer = (await (await fetch(url, { headers })).json()) as { items: { name: string }[] };
  return answer.items.map(({ name }) => name).sort();
}

describe('the commands of docs/OPERATING.md, run as they stand there,', () => {
  const EMBEDDED = '### With the embedded database';

  it('back up and restore a control plane with its embedded database', async () => {
    await systemctl('start');
    await models('srv/hamon', 'backed-up');
    const key = await readFile(join(root, 'srv/hamon/keys/manifest.jwk'), 'utf8');
    await follow(EMBEDDED, '# back up');
    expect(await models('srv/hamon', 'too-late')).toEqual(['backed-up', 'too-late']);
    await rm(join(root, 'srv/hamon/keys'), { recursive: true });

    await follow(EMBEDDED, '# restore');
    expect(await models('srv/hamon')).toEqual(['backed-up']);
    expect(await readFile(join(root, 'srv/hamon/keys/manifest.jwk'), 'utf8')).toBe(key);
    expect(await models('srv/hamon', 'goes-on')).toEqual(['backed-up', 'goes-on']);
  });

  it('move a control plane with its embedded database', async () => {
    await systemctl('start');
    await models('srv/hamon', 'moved');
    const { id } = await json(join(root, 'srv/hamon/identity.json'));
    await follow(EMBEDDED, '# move');
    expect(await models('data/hamon', 'goes-on')).toEqual(['goes-on', 'moved']);
    expect(await json(join(root, 'data/hamon/identity.json'))).toMatchObject({ id, database: id });
    expect(existsSync(join(root, 'srv/hamon'))).toBe(false);
    expect(await readFileIfThere(join(root, 'data/hamon/lock'))).toBeUndefined();
  });

  (OwnPostgres.isInstalled ? it : it.skip)(
    'back up and restore one with a PostgreSQL of its own',
    async () => {
      const OWN = '### With a PostgreSQL of your own';
      const server = await OwnPostgres.start(join(root, 'pg'));
      try {
        Object.assign(env, {
          PATH: `${server.binaries}:${env['PATH']}`,
          DATABASE_URL: await server.create('one'),
        });
        await systemctl('start');
        await models('srv/hamon', 'backed-up');
        await follow(OWN, '# back up');
        await models('srv/hamon', 'too-late');

        Object.assign(env, { DATABASE_URL: await server.create('two') });
        await systemctl('stop');
        // Told before the dump is there, rather than begun anew.
        await expect(systemctl('start')).rejects.toThrow('DATABASE_URL names an empty database');
        await follow(OWN, '# restore');
        expect(await models('srv/hamon')).toEqual(['backed-up']);
      } finally {
        await systemctl('stop');
        await server.stop();
      }
    },
  );
});
