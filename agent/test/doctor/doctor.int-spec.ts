import { execFile } from 'node:child_process';
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { createServer as createTlsServer } from 'node:tls';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { NamedFinding } from '../../src/doctor/run-checks.js';
import type { DoctorReport } from '../../src/doctor/report.js';
import { AgentProcess } from '../support/agent-process.js';
import { Scene } from '../support/scene.js';
import { until } from '../support/until.js';

async function examined(
  ...args: string[]
): Promise<{ code: number | null; of: (check: string) => NamedFinding[] }> {
  const { code, stdout, stderr } = await AgentProcess.call('doctor', '--json', ...args);
  expect(stderr).toBe('');
  const report = JSON.parse(stdout) as DoctorReport;
  expect([report.schema, report.ok]).toEqual(['hamon.doctor/1', code === 0]);
  // Whatever fails says what to type.
  for (const { severity, command } of report.findings) {
    if (severity === 'fail' || severity === 'warn') expect(command).toMatch(/\S/);
  }
  return { code, of: (check) => report.findings.filter((finding) => finding.check === check) };
}

describe('the doctor', () => {
  let scene: Scene;
  beforeAll(async () => {
    scene = await Scene.open();
  });
  afterAll(() => scene.close());

  const configured = async (config: object): Promise<string> => {
    const file = join(scene.folder, 'agent.json');
    await writeFile(file, JSON.stringify(config));
    return file;
  };

  it('says on a machine that is no device yet that its runtime works, and how to enrol it', async () => {
    const { code, stdout } = await AgentProcess.call('doctor');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^ok {4}onnxruntime {2}1\..* loaded a model and answered/m);
    expect(stdout).toMatch(/^WARN {2}enrolment .*\n {6}→ {12}hamon-agent enrol --server /m);
    expect(stdout.trimEnd()).toMatch(/\n\d warnings?, \d+ ok$/);
  });

  it('fails where a state folder is named that holds no device', async () => {
    const empty = join(scene.folder, 'empty');
    await mkdir(empty);
    const { code, of } = await examined('--state', empty);
    expect(code).toBe(1);
    expect(of('enrolment')).toMatchObject([
      { severity: 'fail', says: expect.stringContaining('no enrolled device') },
    ]);
    expect(of('server')).toMatchObject([{ severity: 'skip' }]);
  });

  it('logs in to the broker as a device that does not run, and asks an agent that runs instead', async () => {
    const { agent } = await scene.device();
    // Another agent may have the usual port.
    const anyPort = await configured({ http: { port: 0 } });
    const stopped = await examined('--state', agent.stateFolder, '--config', anyPort);
    expect(stopped.of('broker')).toMatchObject([
      { severity: 'ok', says: expect.stringContaining('lets cam-1 in') },
    ]);
    expect(stopped.of('server')).toMatchObject([{ severity: 'ok' }]);
    expect(stopped.of('clock')).toMatchObject([{ severity: 'ok' }]);
    expect(stopped.of('agent')).toMatchObject([
      { severity: 'fail', command: expect.stringContaining('run --state') },
    ]);

    await agent.start();
    await until('it is connected', async () => (await agent.status()).connected);
    const config = join(agent.stateFolder, 'config.json');
    const running = await examined('--state', agent.stateFolder, '--config', config);
    expect(running.of('broker')).toMatchObject([
      { severity: 'ok', says: expect.stringContaining('is connected') },
    ]);
    expect(running.of('agent')).toMatchObject([
      { says: expect.stringContaining(`process ${agent.pid}: cam-1 of`) },
    ]);
    expect(running.of('source')).toMatchObject([{ severity: 'ok', about: 'main' }]);
    expect((await agent.status()).connected).toBe(true);
    await agent.stop();
  });

  it('asks an agent that wants a token with its token', async (context) => {
    const outside = Object.values(networkInterfaces())
      .flat()
      .find((one) => one?.family === 'IPv4' && !one.internal)?.address;
    if (outside === undefined) return context.skip();
    const { agent } = await scene.device();
    const secretFolder = join(agent.stateFolder, 'secrets');
    await mkdir(secretFolder);
    await writeFile(join(secretFolder, 'page'), 'the-token-of-this-gateway', { mode: 0o600 });
    const http = { host: outside, port: 0, token: { secret: 'page' } };
    await agent.restart({ http });
    const config = await configured({ http });
    const { of } = await examined('--state', agent.stateFolder, '--config', config);
    expect(of('agent')[0]).toMatchObject({ says: expect.stringContaining(`process ${agent.pid}`) });
    await agent.stop();
  });

  it('names a server and a broker that are not there', async () => {
    const { agent } = await scene.device();
    const config = await configured({
      serverUrl: 'http://127.0.0.1:9',
      mqttUrl: 'mqtt://no.such.host.invalid:1883',
    });
    const { code, of } = await examined('--state', agent.stateFolder, '--config', config);
    expect(code).toBe(1);
    expect(of('server')).toMatchObject([{ severity: 'fail', says: 'nobody listens at 127.0.0.1:9' }]);
    expect(of('clock')).toMatchObject([{ severity: 'skip' }]);
    expect(of('broker')).toMatchObject([{ severity: 'fail', command: 'getent hosts no.such.host.invalid' }]);
  });

  it('refuses a certificate that nobody vouches for, and says how to look at it', async () => {
    const { agent } = await scene.device();
    const [key, certificate] = ['key.pem', 'certificate.pem'].map((name) => join(scene.folder, name)) as [
      string,
      string,
    ];
    await promisify(execFile)('openssl', [
      ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '1'],
      ...['-subj', '/CN=localhost', '-keyout', key, '-out', certificate],
    ]);
    const server = createTlsServer({ key: await readFile(key), cert: await readFile(certificate) });
    server.on('tlsClientError', () => undefined);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const config = await configured({ serverUrl: `https://localhost:${port}` });
    const { of } = await examined('--state', agent.stateFolder, '--config', config);
    await new Promise((resolve) => server.close(resolve));
    expect(of('server')).toMatchObject([
      {
        severity: 'fail',
        says: expect.stringContaining(`the certificate of localhost:${port} is refused`),
        command: expect.stringContaining('openssl s_client'),
      },
    ]);
  });

  it('looks at each camera, folder, program, secret, package and machine of the plant', async () => {
    const { agent } = await scene.device();
    const camera = createServer((socket) => socket.destroy());
    await new Promise<void>((resolve) => camera.listen(0, '127.0.0.1', resolve));
    const { port } = camera.address() as AddressInfo;
    const secrets = join(agent.stateFolder, 'secrets');
    await mkdir(secrets);
    await writeFile(join(secrets, 'open'), 'x', { mode: 0o644 });
    await chmod(join(secrets, 'open'), 0o644);
    const rtsp = {
      kind: 'ffmpeg',
      url: `rtsp://127.0.0.1:${port}/1`,
      user: 'u',
      password: { secret: 'open' },
    };
    const config = await configured({
      streams: [
        {
          name: 'there',
          source: rtsp,
          sinks: [{ kind: 'modbus', host: '127.0.0.1', port: 9, coils: [{ address: 0, value: 'defect' }] }],
        },
        { name: 'dark', source: { kind: 'ffmpeg', device: '/dev/video99' } },
        { name: 'drop', source: { kind: 'drop-folder', path: '/no/such/folder' } },
        {
          name: 'genicam',
          source: { kind: 'command', run: ['/bin/cat', '/dev/zero'], width: 16, height: 16 },
        },
        { name: 'broken', source: { kind: 'command', run: ['/bin/false'], width: 16, height: 16 } },
        {
          name: 'hook',
          sinks: [{ kind: 'webhook', url: `http://127.0.0.1:${port}/`, secret: { secret: 'gone' } }],
        },
      ],
    });
    const { of } = await examined('--state', agent.stateFolder, '--config', config);
    await new Promise((resolve) => camera.close(resolve));
    const found = (check: string): [string?, string?][] =>
      of(check).map(({ about, severity }) => [about, severity]);
    expect(found('source')).toEqual([
      ['there', 'fail'],
      ['dark', 'fail'],
      ['drop', 'fail'],
      ['genicam', 'ok'],
      ['broken', 'fail'],
    ]);
    // Somebody listens there, and it is no camera.
    expect(of('source')[0]?.command).toContain('ffprobe');
    expect(of('source')[3]?.says).toBe('frames of 16×16 come');
    expect(found('plant')).toEqual([
      ['there, sink', 'fail'],
      ['hook, sink', 'ok'],
    ]);
    expect(found('secret')).toEqual([
      ['gone', 'fail'],
      ['open', 'fail'],
    ]);
    expect(of('secret')[1]?.command).toBe(`sudo chmod 600 ${join(secrets, 'open')}`);
    expect(found('packages')).toEqual([['modbus-serial', 'ok']]);
    expect(of('ffmpeg')).toHaveLength(1);
  });

  it('goes on without a configuration that is wrong, and names the fault', async () => {
    const { agent } = await scene.device();
    const config = await configured({ sourc: {} });
    const { code, of } = await examined('--state', agent.stateFolder, '--config', config);
    expect(code).toBe(1);
    expect(of('config')).toMatchObject([{ severity: 'fail', says: expect.stringContaining('sourc') }]);
    expect(of('broker')).toMatchObject([{ severity: 'ok' }]);
  });
});
