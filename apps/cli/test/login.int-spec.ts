import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { serverUrl } from '../src/settings/find-server.js';
import { FakeServer, json, problem } from './support/fake-server.js';
import { hamon, temporaryFolder } from './support/run.js';

let server: FakeServer;
let config: string;
let env: { HAMON_CONFIG: string };
const NOTHING = { items: [], next: null };

beforeEach(async () => {
  config = join(await temporaryFolder(), 'hamon', 'config.json');
  env = { HAMON_CONFIG: config };
  server = await FakeServer.start();
  server.on('GET /v1/models', ({ headers }, r) =>
    headers.authorization === 'Bearer good'
      ? json(r, NOTHING)
      : problem(r, 401, 'unauthenticated', 'Nothing here.'),
  );
});
afterEach(() => server.stop());

const login = (token: string, more = {}) =>
  hamon(['login', '--server', server.url, '--token', token], { env, ...more });
const authorizations = () => server.received.map(({ headers }) => headers.authorization);

describe('logging in', () => {
  it('remembers server and token for the commands that follow, readable by the owner alone', async () => {
    expect(await login('good')).toMatchObject({ code: 0, err: '' });
    expect((await stat(config)).mode & 0o777).toBe(0o600);
    expect((await stat(join(config, '..'))).mode & 0o777).toBe(0o700);
    expect((await hamon(['model', 'ls'], { env })).code).toBe(0);
    expect(authorizations()).toEqual(['Bearer good', 'Bearer good']);
  });

  it('takes the token from stdin, so that it stays out of the shell’s history', async () => {
    const said = await hamon(['login', '--server', server.url], { env, stdin: 'good\n' });
    expect(said.code).toBe(0);
    expect(said.out).not.toContain('good');
    expect(JSON.parse(await readFile(config, 'utf8'))).toMatchObject({ server: server.url, token: 'good' });
  });

  it.each(['', 'two words', 'x'.repeat(5000)])('refuses %.12p on stdin', async (stdin) => {
    expect((await hamon(['login', '--server', server.url], { env, stdin })).code).toBe(2);
  });

  it('with a token that opens nothing is told at once, and keeps the former one', async () => {
    await login('good');
    expect(await login('bad')).toMatchObject({ code: 1, err: expect.stringContaining('Nothing here.') });
    expect(JSON.parse(await readFile(config, 'utf8'))).toMatchObject({ token: 'good' });
    expect(await readdir(join(config, '..'))).toEqual(['config.json']);
  });
});

describe('a stored token', () => {
  it('goes to no other server than its own', async () => {
    await login('good');
    const other = await FakeServer.start();
    expect(await hamon(['model', 'ls', '--server', other.url], { env })).toMatchObject({
      code: 2,
      err: expect.stringContaining(`no token for ${other.url}`),
    });
    expect(other.received).toEqual([]);
    await other.stop();
  });

  it('gives way to the environment, and that to flags', async () => {
    await login('good');
    await hamon(['model', 'ls'], { env: { ...env, HAMON_TOKEN: 'other' } });
    await hamon(['model', 'ls', '--token', 'third'], { env: { ...env, HAMON_TOKEN: 'other' } });
    await hamon(['model', 'ls'], { env: { HAMON_SERVER: server.url, HAMON_TOKEN: 'alone' } });
    expect(authorizations().slice(1)).toEqual(['Bearer other', 'Bearer third', 'Bearer alone']);
  });

  it.each(['{', '{"schema":"hamon.cli/1","server":"file:///x","token":"t"}', '[]'])(
    'in a damaged file %p is told, with what to do',
    async (text) => {
      await mkdir(join(config, '..'));
      await writeFile(config, text);
      const { code, err } = await hamon(['model', 'ls'], { env });
      expect(code).toBe(1);
      expect(err).toContain(config);
      expect(err).toContain('Log in again');
    },
  );
});

describe('an address', () => {
  it.each([
    ['http://localhost:8080/', 'http://localhost:8080'],
    ['https://hamon.example/platform//', 'https://hamon.example/platform'],
    ['HTTP://Host', 'http://host'],
  ])('%s is read as %s', (text, url) => expect(serverUrl(text)).toBe(url));

  it.each(['localhost:8080', 'ftp://x', 'http://user:pw@x', 'http://x?y=1', ''])('%p is none', (text) => {
    expect(() => serverUrl(text)).toThrow(expect.objectContaining({ code: 'usage' }) as never);
  });
});
