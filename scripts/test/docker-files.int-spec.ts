import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { cp, mkdir, readFile, readdir, rename, stat, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { connectAsync } from 'mqtt';
import { describe, expect, it, onTestFinished, type TestContext } from 'vitest';
import { temporaryFolder, whyNoMosquitto } from '@hamon/testing';
import { AgentConfig } from '../../agent/src/config.js';
import { UNIT_NAME, unitText } from '../../agent/src/service/install-plan.js';
import { configNeeds } from '../../agent/src/service/config-needs.js';
import {
  aclFile,
  mosquittoHash,
  passwordFile,
} from '../../apps/control-plane/src/messaging/mosquitto-files.js';
import { readConfig } from '../../apps/control-plane/src/platform/config/read-config.js';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const DOCKER = join(ROOT, 'docker');
const run = promisify(execFile);
const SECRETS = [
  'POSTGRES_PASSWORD',
  'BROKER_PASSWORD',
  'HAMON_ADMIN_TOKEN',
  'HAMON_METRICS_TOKEN',
  'AGENT_TOKEN',
  'GRAFANA_PASSWORD',
];

function need(why: string | undefined, skip: TestContext['skip']): void {
  if (why === undefined) return;
  if (process.env['HAMON_TEST_REQUIRE_SERVERS'] === '1') throw new Error(why);
  skip(why);
}

const dockerfiles = async (): Promise<string[]> =>
  (await readdir(DOCKER)).filter((name) => name.endsWith('.Dockerfile')).map((name) => join(DOCKER, name));

describe('the Dockerfiles', () => {
  it('are found good by a linter', async () => {
    const bin = join(ROOT, 'node_modules/dockerfilelint/bin/dockerfilelint');
    // It exits with the number of its findings.
    const { stdout } = await run(process.execPath, [bin, '-o', 'json', ...(await dockerfiles())]).catch(
      (cause: { stdout: string }) => cause,
    );
    const { files } = JSON.parse(stdout) as {
      files: { issues: { title: string; content: string }[] }[];
    };
    expect(files).toHaveLength(2);
    const issues = files.flatMap((file) => file.issues);
    // It takes a stage of the same file for an image.
    const ofStages = /^FROM (build|agent)\b/;
    expect(
      issues.filter(({ title, content }) => title !== 'Base Image Missing Tag' || !ofStages.test(content)),
    ).toEqual([]);
  });

  it('end as nobody of importance, with a check of health, and copy what is there', async () => {
    for (const file of await dockerfiles()) {
      const lines = (await readFile(file, 'utf8')).replaceAll('\\\n', ' ').split('\n');
      const last = lines.slice(lines.findLastIndex((line) => /^FROM node:/.test(line)));
      expect(last).toContain('USER hamon');
      expect(last.some((line) => line.startsWith('HEALTHCHECK '))).toBe(true);
      const named = lines.flatMap((line) => / AS (\S+)/.exec(line)?.[1] ?? []);
      for (const [, stage = ''] of lines.join('\n').matchAll(/--from=(\S+)/g)) expect(named).toContain(stage);
      // All are of one release.
      expect(
        new Set(lines.filter((line) => /^FROM .*:/.test(line)).map((line) => line.split(' ')[1])).size,
      ).toBe(1);
    }
  });
});

interface Service {
  readonly read_only?: boolean;
  readonly cap_drop?: string[];
  readonly security_opt?: string[];
  readonly volumes?: string[];
  readonly environment?: Record<string, string>;
}

describe('compose.yaml', () => {
  const composed = async ({ skip }: TestContext): Promise<Record<string, Service>> => {
    need(
      existsSync('/usr/bin/docker-compose')
        ? undefined
        : 'there is no docker-compose; install Debian’s package',
      skip,
    );
    const env = {
      PATH: process.env['PATH'],
      ...Object.fromEntries(SECRETS.map((name) => [name, 'a-secret-of-a-test-0123456789'])),
    };
    const file = join(DOCKER, 'compose.yaml');
    const { stdout } = await run('docker-compose', ['-f', file, 'config'], { env });
    // Its own YAML; Debian's Python, which docker-compose needs, reads it.
    const asJson = 'import json, sys, yaml; print(json.dumps(yaml.safe_load(sys.stdin)["services"]))';
    const child = spawn('/usr/bin/python3', ['-c', asJson], { stdio: ['pipe', 'pipe', 'inherit'] });
    child.stdin.end(stdout);
    let json = '';
    child.stdout.on('data', (piece: Buffer) => (json += piece.toString('utf8')));
    await once(child, 'close');
    return JSON.parse(json) as Record<string, Service>;
  };

  it('is valid, and locks every container', async (context) => {
    const services = await composed(context);
    expect(Object.keys(services).sort()).toEqual([
      ...['agent-1', 'agent-2', 'control-plane', 'grafana', 'mosquitto', 'postgres', 'prometheus', 'setup'],
    ]);
    for (const [name, { read_only: locked, cap_drop: dropped, security_opt: security }] of Object.entries(
      services,
    )) {
      expect([name, locked, dropped, security]).toEqual([name, true, ['ALL'], ['no-new-privileges:true']]);
    }
  });

  it('mounts what is there', async (context) => {
    const mounted = Object.values(await composed(context)).flatMap(({ volumes = [] }) => volumes);
    const files = mounted.map((text) => text.split(':')[0] ?? '').filter((path) => path.startsWith('/'));
    expect(files.length).toBeGreaterThan(5);
    for (const path of files) {
      // Made by make-secrets.sh.
      if (!path.includes('/docker/secrets/')) expect([path, existsSync(path)]).toEqual([path, true]);
    }
  });

  it('gives the control plane settings that it takes', async (context) => {
    const { environment = {} } = (await composed(context))['control-plane']!;
    const dockerfile = await readFile(join(DOCKER, 'control-plane.Dockerfile'), 'utf8');
    const [, given = ''] = /^ENV (.*)$/m.exec(dockerfile) ?? [];
    const image = Object.fromEntries(given.split(' ').map((text) => text.split(/=(.*)/s).slice(0, 2)));
    const config = readConfig({ ...image, ...environment });
    expect(config).toMatchObject({ dataDir: '/data', httpHost: '0.0.0.0', insecure: true });
  });

  it('is refused without its secrets, which are made once and kept', async ({ skip }) => {
    const folder = await temporaryFolder();
    await cp(join(DOCKER, 'make-secrets.sh'), join(folder, 'make-secrets.sh'));
    const made: string[] = [];
    for (let times = 0; times < 2; times += 1) {
      await run('sh', [join(folder, 'make-secrets.sh')]);
      made.push(await readFile(join(folder, '.env'), 'utf8'));
    }
    expect(made[1]).toBe(made[0]);
    expect(
      made[0]
        ?.trim()
        .split('\n')
        .map((line) => line.replace(/[0-9a-f]{64}$/, 'HEX')),
    ).toEqual(SECRETS.map((name) => `${name}=HEX`));
    expect((await stat(join(folder, '.env'))).mode & 0o777).toBe(0o600);
    need(
      existsSync('/usr/bin/docker-compose')
        ? undefined
        : 'there is no docker-compose; install Debian’s package',
      skip,
    );
    await cp(join(DOCKER, 'compose.yaml'), join(folder, 'compose.yaml'));
    const compose = ['-f', join(folder, 'compose.yaml'), 'config', '--quiet'];
    const env = { PATH: process.env['PATH'] };
    await run('docker-compose', compose, { env, cwd: folder });
    await rename(join(folder, '.env'), join(folder, 'env'));
    await expect(run('docker-compose', compose, { env, cwd: folder })).rejects.toThrow(
      /run docker\/make-secrets.sh first/,
    );
  });

  it('gives the agents a configuration that they take', async () => {
    const text = await readFile(join(DOCKER, 'setup/agent.json'), 'utf8');
    expect(AgentConfig.safeParse(JSON.parse(text)).error).toBeUndefined();
  });
});

describe('dashboards and alert rules', () => {
  it('name metrics that the programs have', async () => {
    const names = new Set<string>();
    for (const source of ['agent/src', 'apps/control-plane/src']) {
      for (const path of await readdir(join(ROOT, source), { recursive: true })) {
        if (!path.endsWith('.ts')) continue;
        const text = await readFile(join(ROOT, source, path), 'utf8');
        for (const [, name = ''] of text.matchAll(/'(hamon_[a-z_]+)'/g)) names.add(name);
      }
    }
    const dashboards = await Promise.all(
      (await readdir(join(DOCKER, 'grafana/dashboards'))).map(async (name) => {
        const text = await readFile(join(DOCKER, 'grafana/dashboards', name), 'utf8');
        const board = JSON.parse(text) as { uid: string; panels: { targets: { expr: string }[] }[] };
        return board.panels.flatMap(({ targets }) => targets.map(({ expr }) => expr));
      }),
    );
    const rules = await readFile(join(ROOT, 'examples/monitoring/hamon-rules.yml'), 'utf8');
    const asked = [...dashboards.flat(), rules].join('\n').matchAll(/\bhamon_[a-z_]+/g);
    // Of a histogram there are series by these names.
    const unknown = [...asked]
      .map(([name]) => name)
      .filter((name) => !names.has(name.replace(/_(bucket|count|sum)$/, '')));
    expect(unknown).toEqual([]);
  });

  it('are read by Prometheus', async ({ skip }) => {
    const promtool = ['/usr/bin/promtool', '/usr/local/bin/promtool'].find((path) => existsSync(path));
    need(
      promtool === undefined ? 'there is no promtool; install Debian’s package "prometheus"' : undefined,
      skip,
    );
    await run(promtool ?? '', ['check', 'rules', join(ROOT, 'examples/monitoring/hamon-rules.yml')]);
    const config = ['check', 'config', '--syntax-only', join(DOCKER, 'prometheus/prometheus.yml')];
    await run(promtool ?? '', config);
  });
});

describe('the unit beside them', () => {
  it('is what install-service writes on a machine of Debian 12', async () => {
    const written = unitText(
      {
        ...{ state: '/var/lib/hamon-agent', config: '/etc/hamon-agent.json', insecure: false, user: 'hamon' },
        ...{ devices: ['/dev/video0'], credentials: [], root: '/' },
      },
      {
        ...{ node: '/usr/bin/node', program: '/usr/lib/node_modules/@hamon/agent/bin/hamon-agent.js' },
        ...{ needs: configNeeds(AgentConfig.parse({})), users: [], groups: ['video'], systemdVersion: 252 },
        stateEntries: undefined,
      },
    );
    expect(await readFile(join(DOCKER, UNIT_NAME), 'utf8')).toBe(written);
  });
});

describe('the broker’s container', () => {
  it('waits for the accounts, and lets a device in as soon as there is one for it', async ({ skip }) => {
    need(whyNoMosquitto, skip);
    const folder = await temporaryFolder();
    const accounts = join(folder, 'accounts');
    await mkdir(accounts);
    const port = await freePort();
    const configuration = join(folder, 'mosquitto.conf');
    const text = await readFile(join(DOCKER, 'mosquitto/mosquitto.conf'), 'utf8');
    // As root it would go on as an account that cannot look into a test's folder.
    await writeFile(
      configuration,
      `${text.replace('listener 1883', `listener ${port} 127.0.0.1`).replaceAll('/accounts/', `${accounts}/`)}user root\n`,
    );
    const child = spawn(
      'sh',
      [join(DOCKER, 'mosquitto/run.sh'), configuration, accounts, '/usr/sbin/mosquitto'],
      {
        stdio: 'ignore',
        detached: true,
      },
    );
    const ended = once(child, 'exit');
    onTestFinished(async () => {
      if (child.exitCode === null && child.signalCode === null) process.kill(-(child.pid ?? 0), 'SIGKILL');
      await ended;
    });
    const write = async (...devices: string[]): Promise<void> => {
      const users = devices.map((name) => ({
        name,
        fleet: 'plant',
        hash: mosquittoHash(`password of ${name}`),
      }));
      await writeFile(join(accounts, 'passwd'), passwordFile(users));
      await writeFile(join(accounts, 'acl'), aclFile(users, undefined));
    };
    const letsIn = async (name: string): Promise<boolean> => {
      const password = `password of ${name}`;
      try {
        const options = { clientId: name, username: name, password, reconnectPeriod: 0 };
        await (await connectAsync(`mqtt://127.0.0.1:${port}`, { ...options, protocolVersion: 4 })).endAsync();
        return true;
      } catch {
        return false;
      }
    };
    const until = async (condition: () => Promise<boolean>): Promise<void> => {
      for (const end = performance.now() + 60_000; !(await condition()); await delay(100)) {
        if (performance.now() > end) throw new Error('not in time');
      }
    };
    await write('first');
    await until(() => letsIn('first'));
    expect(await letsIn('second')).toBe(false);
    await write('first', 'second');
    await until(() => letsIn('second'));
    child.kill('SIGTERM');
    expect(await ended).toEqual([0, null]);
  });
});

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
