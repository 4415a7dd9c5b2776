import { createServer, type Server } from 'node:net';
import type { AddressInfo } from 'node:net';
import { mkdtemp, readdir, rename, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { OPCUACertificateManager } from 'node-opcua-certificate-manager';
import {
  AttributeIds,
  ClientMonitoredItem,
  ClientSubscription,
  MessageSecurityMode,
  OPCUAClient,
  SecurityPolicy,
  TimestampsToReturn,
  UserTokenType,
  type ClientSession,
  type DataValue,
  type OPCUAClientOptions,
  type UserIdentityInfo,
} from 'node-opcua-client';
import pino from 'pino';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ServeOrder } from '../../../src/data/sinks/opcua/messages.js';
import { OpcuaSink, type OpcuaSinkOptions } from '../../../src/data/sinks/opcua/opcua-sink.js';
import { until } from '../../support/until.js';
import { record, told } from './support.js';

let folder: string;
let clientStore: OPCUACertificateManager;
let port: number;
let news: ReturnType<typeof told>;
const sinks: OpcuaSink[] = [];
const clients: OPCUAClient[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hamon-opcua-'));
  clientStore = new OPCUACertificateManager({
    ...{ rootFolder: join(folder, 'client'), automaticallyAcceptUnknownCertificate: true },
  });
  await clientStore.initialize();
});
beforeEach(async () => {
  news = told();
  port = await freePort();
});
afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.disconnect().catch(() => undefined)));
  await Promise.all(sinks.splice(0).map((sink) => sink.close()));
});
afterAll(async () => {
  // The client's library sets it when it makes its certificate.
  delete process.env['OPENSSL_CONF'];
  await clientStore.dispose();
  await rm(folder, { recursive: true });
});

async function freePort(): Promise<number> {
  const server = await listen(0);
  const { port: free } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return free;
}

const listen = (at: number): Promise<Server> =>
  new Promise((resolve) => {
    const server = createServer().listen(at, '127.0.0.1', () => resolve(server));
  });

function newSink(order: Partial<ServeOrder> = {}, options: Partial<OpcuaSinkOptions> = {}): OpcuaSink {
  const served: ServeOrder = {
    ...{ kind: 'serve', host: '127.0.0.1', port, device: 'press-7', folder: join(folder, 'state') },
    ...{ isPlainAllowed: true, ...order },
  };
  const sink = new OpcuaSink({
    ...{ ...news, log: pino({ level: 'silent' }), order: () => Promise.resolve(served) },
    ...{ backoff: { firstMs: 50, maxMs: 200 }, ...options },
  });
  sinks.push(sink);
  return sink;
}

/** The package alone takes seconds to load, and more on a busy machine. */
const PATIENCE_MS = 240_000;
const serving = (sink: OpcuaSink): Promise<void> => until('it serves', () => sink.url !== null, PATIENCE_MS);

async function connect(options: OPCUAClientOptions = {}, user?: UserIdentityInfo): Promise<ClientSession> {
  const client = OPCUAClient.create({
    ...{
      endpointMustExist: false,
      connectionStrategy: { maxRetry: 0 },
      clientCertificateManager: clientStore,
    },
    ...options,
  });
  clients.push(client);
  await client.connect(`opc.tcp://127.0.0.1:${port}/hamon`);
  return client.createSession(user);
}

const ENCRYPTED = {
  securityMode: MessageSecurityMode.SignAndEncrypt,
  securityPolicy: SecurityPolicy.Basic256Sha256,
} as const;

const read = async (session: ClientSession, stream: string, name: string): Promise<DataValue> =>
  session.read({ nodeId: `ns=1;s=${stream}.${name}`, attributeId: AttributeIds.Value });

describe('OpcuaSink', { timeout: 2 * PATIENCE_MS }, () => {
  it('shows the newest answer of each stream to a client', async () => {
    const sink = newSink();
    sink.expect('idle');
    sink.write(record(0, { stream: 'main', verdict: 'ok' }));
    sink.write(record(1, { stream: 'main', verdict: 'defect' }));
    await serving(sink);
    const session = await connect();
    await until('the second is there', async () => {
      const value = await read(session, 'main', 'Frames');
      return value.value.value === 2;
    });
    const value = async (name: string): Promise<unknown> =>
      (await read(session, 'main', name)).value.value as unknown;
    const { label, confidence } = record(1).result!.output as { label: string; confidence: number };
    expect(await Promise.all(['Verdict', 'Label', 'Confidence', 'Frame', 'Id'].map(value))).toEqual([
      ...['defect', label, confidence, '1.png', record(1).id],
    ]);
    expect(JSON.parse((await value('Answer')) as string)).toEqual(record(1).result!.output);
    expect(await value('Model')).toBe(`${record(1).result!.model}@${record(1).result!.version}`);
    expect(await value('Time')).toEqual(new Date(record(1).at));
    const score = await read(session, 'main', 'Score');
    expect(score.statusCode.name).toBe('BadNoData');
    // Of a stream without an answer the nodes are there, so that clients can subscribe to them.
    expect((await read(session, 'idle', 'Verdict')).statusCode.name).toBe('BadNoData');
  });

  it('tells subscribers of each change, and that a frame has no answer', async () => {
    const sink = newSink();
    sink.write(record(0, { verdict: 'ok' }));
    await serving(sink);
    const session = await connect();
    const subscription = ClientSubscription.create(session, {
      ...{ publishingEnabled: true, requestedPublishingInterval: 50, maxNotificationsPerPublish: 100 },
      ...{ requestedLifetimeCount: 1000, requestedMaxKeepAliveCount: 10, priority: 1 },
    });
    const seen: string[] = [];
    const item = ClientMonitoredItem.create(
      subscription,
      { nodeId: 'ns=1;s=main.Verdict', attributeId: AttributeIds.Value },
      { samplingInterval: 0, queueSize: 10 },
      TimestampsToReturn.Both,
    );
    item.on('changed', ({ value, statusCode }) =>
      seen.push(statusCode.isGood() ? String(value.value) : statusCode.name),
    );
    await until('the first is told', () => seen.at(-1) === 'ok');
    seen.length = 0;
    sink.write(record(1, { verdict: 'defect' }));
    await until('the defect is told', () => seen.length === 1);
    const { result: _, ...rest } = record(2);
    sink.write({ ...rest, error: { code: 'unanswered', detail: 'nobody' } });
    await until('that there is no answer is told', () => seen.length === 2);
    expect(seen).toEqual(['defect', 'BadNoData']);
    expect((await read(session, 'main', 'Error')).value.value).toBe('unanswered: nobody');
    await subscription.terminate();
  });

  it('shows nothing of a stream that has left it to others, until it comes again', async () => {
    const sink = newSink();
    sink.write(record(0, { stream: 'main', verdict: 'ok' }));
    sink.write(record(1, { stream: 'side', verdict: 'defect' }));
    await serving(sink);
    const session = await connect();
    const verdict = async (stream: string): Promise<unknown> => {
      const { statusCode, value } = await read(session, stream, 'Verdict');
      return statusCode.isGood() ? value.value : statusCode.name;
    };
    await until('both are there', async () => (await verdict('side')) === 'defect');
    sink.leave('side');
    await until('it is gone', async () => (await verdict('side')) === 'BadNoData');
    expect(await verdict('main')).toBe('ok');
    sink.expect('side');
    sink.write(record(2, { stream: 'side', verdict: 'ok' }));
    await until('it is back', async () => (await verdict('side')) === 'ok');
    expect((await read(session, 'side', 'Frames')).value.value).toBe(2);
  });

  it('lets nobody write', async () => {
    const sink = newSink();
    sink.write(record(0, { verdict: 'ok' }));
    await serving(sink);
    const session = await connect();
    const { value } = await read(session, 'main', 'Verdict');
    const status = await session.write({
      nodeId: 'ns=1;s=main.Verdict',
      attributeId: AttributeIds.Value,
      value: { value },
    });
    expect(status.isGood()).toBe(false);
  });

  it('lets in only by certificates that are trusted, user and password, where that is asked for', async () => {
    const store = join(folder, 'strict');
    const login = { user: 'scada', password: 'a secret of the plant' };
    const sink = newSink({ folder: store, isPlainAllowed: false, login });
    sink.write(record(0, { verdict: 'ok' }));
    await serving(sink);
    const user = { type: UserTokenType.UserName, userName: 'scada', password: login.password } as const;
    await expect(connect({}, user)).rejects.toThrow();
    await expect(connect(ENCRYPTED, user)).rejects.toThrow();
    // Unknown so far; a person moves it into the other folder.
    const [certificate = ''] = await readdir(join(store, 'pki', 'rejected'));
    const refused = join(store, 'pki', 'rejected', certificate);
    const trusted = join(store, 'pki', 'trusted', 'certs', certificate);
    // The server itself moves a file back that it refuses.
    const move = (from: string, to: string): Promise<void> =>
      rename(from, to).catch((cause: NodeJS.ErrnoException) => {
        if (cause.code !== 'ENOENT') throw cause;
      });
    let session: ClientSession | undefined;
    await until('the certificate is taken up', async () => {
      await move(refused, trusted);
      for (let attempt = 0; attempt < 5 && !session; attempt += 1) {
        session = await connect(ENCRYPTED, user).catch(() => undefined);
      }
      // Moved before the server had seen its file, it stays refused: a person moves it once more.
      if (!session) await move(trusted, refused);
      return session !== undefined;
    });
    expect((await read(session!, 'main', 'Verdict')).value.value).toBe('ok');
    await expect(connect(ENCRYPTED)).rejects.toThrow();
    await expect(connect(ENCRYPTED, { ...user, password: 'another' })).rejects.toThrow();
    expect((await stat(store)).mode & 0o777).toBe(0o700);
  });

  it('says that its port is taken, serves once it is free, and costs no frame meanwhile', async () => {
    const other = await listen(port);
    const sink = newSink();
    await until('it is told', () => news.standing.has('results-dropped'), PATIENCE_MS);
    expect(news.standing.get('results-dropped')).toContain(
      `127.0.0.1:${port}: another program listens there`,
    );
    expect(news.events).toHaveLength(1);
    sink.write(record(0, { verdict: 'defect' }));
    await new Promise((resolve) => other.close(resolve));
    await serving(sink);
    await until('the trouble is over', () => news.standing.size === 0);
    const session = await connect();
    await until('the answer of meanwhile is there', async () => {
      const { value } = await read(session, 'main', 'Verdict');
      return value.value === 'defect';
    });
  });

  it('says in one sentence that its package is missing', async () => {
    const hide = `import { register } from 'node:module'; register('data:text/javascript,' + encodeURIComponent(\`
      export async function resolve(name, context, next) {
        if (name !== 'node-opcua-server') return next(name, context);
        throw Object.assign(new Error("Cannot find package 'node-opcua-server'"), { code: 'ERR_MODULE_NOT_FOUND' });
      }\`));`;
    const execArgv = ['--import', `data:text/javascript,${encodeURIComponent(hide)}`];
    newSink({}, { execArgv });
    await until('it is told', () => news.standing.has('results-dropped'), PATIENCE_MS);
    expect(news.standing.get('results-dropped')).toBe(
      'results are dropped: opcua: a sink of kind "opcua" needs the package node-opcua-server, which is not installed: run npm install --global node-opcua-server@2.182.2',
    );
  });

  it('serves again after its process was killed, with the values that it had', async () => {
    const sink = newSink();
    sink.write(record(0, { verdict: 'defect' }));
    await serving(sink);
    process.kill(sink.pid!, 'SIGKILL');
    await until('it is gone', () => sink.url === null);
    await serving(sink);
    const session = await connect();
    await until('its value is there', async () => {
      const { value } = await read(session, 'main', 'Verdict');
      return value.value === 'defect';
    });
  });
});
