import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import { chown, mkdir } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { serverAccount } from '../../../apps/control-plane/src/platform/postgres/server-account.js';
import { until } from './until.js';

const run = promisify(execFile);
/** Where Debian keeps them. */
const VERSIONS = '/usr/lib/postgresql';
const BINARIES = existsSync(VERSIONS)
  ? readdirSync(VERSIONS)
      .map((version) => join(VERSIONS, version, 'bin'))
      .filter((folder) => ['initdb', 'postgres', 'pg_dump'].every((name) => existsSync(join(folder, name))))
  : [];

/** A PostgreSQL as an operator has one: the distribution's, with its tools. */
export class OwnPostgres {
  static readonly isInstalled = BINARIES.length > 0;

  private constructor(
    readonly binaries: string,
    private readonly port: number,
    private readonly child: ChildProcess,
  ) {}

  static async start(folder: string): Promise<OwnPostgres> {
    const binaries = BINARIES[0] ?? '';
    const account = await serverAccount();
    await mkdir(folder);
    if (account) await chown(folder, account.uid, account.gid);
    const data = join(folder, 'data');
    const options = { cwd: folder, ...account };
    await run(
      join(binaries, 'initdb'),
      ['-D', data, '-U', 'operator', '--auth=trust', '-E', 'UTF8'],
      options,
    );
    const port = await freePort();
    const settings = [
      '-c',
      'listen_addresses=127.0.0.1',
      '-c',
      'unix_socket_directories=',
      '-c',
      'fsync=off',
    ];
    const child = spawn(join(binaries, 'postgres'), ['-D', data, '-p', String(port), ...settings], {
      ...options,
      stdio: 'ignore',
    });
    const server = new OwnPostgres(binaries, port, child);
    await until('the PostgreSQL answers', () =>
      run(join(binaries, 'pg_isready'), ['-h', '127.0.0.1', '-p', String(port)]).then(
        () => true,
        () => false,
      ),
    );
    return server;
  }

  /** Makes an empty database; answers its URL. */
  async create(name: string): Promise<string> {
    await run(join(this.binaries, 'createdb'), [
      '-h',
      '127.0.0.1',
      '-p',
      String(this.port),
      '-U',
      'operator',
      name,
    ]);
    return `postgres://operator@127.0.0.1:${this.port}/${name}`;
  }

  async stop(): Promise<void> {
    const ended = once(this.child, 'exit');
    this.child.kill('SIGINT');
    await ended;
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address ? address.port : 0;
}
