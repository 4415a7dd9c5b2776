import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, mkdir, readFile, readlink, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '@hamon/testing';
import { AgentConfig } from '../../src/config.js';
import { configNeeds } from '../../src/service/config-needs.js';
import {
  installPlan,
  installProblems,
  type InstallRequest,
  type Machine,
} from '../../src/service/install-plan.js';
import { AgentProcess } from '../support/agent-process.js';

const TOOLS = ['/usr/bin/systemctl', '/usr/bin/systemd-analyze', '/usr/sbin/useradd'];
const missing = TOOLS.filter((path) => !existsSync(path));
const why =
  missing.length > 0
    ? `there is no ${missing.join(', ')}; install Debian's packages "systemd" and "passwd"`
    : process.getuid?.() === 0
      ? undefined
      : 'only root can make users, also in the folder of an image';

if (why !== undefined) {
  it('can be tried with systemd', ({ skip }) => {
    if (process.env['HAMON_TEST_REQUIRE_SERVERS'] === '1') throw new Error(why);
    skip(why);
  });
}

/** As much of a system as an installation looks at. */
async function image(): Promise<string> {
  const root = await temporaryFolder();
  // The folder of a test run is closed to others, and useradd wants to look around in the image.
  await chmod(root, 0o755);
  for (const folder of ['etc/systemd/system', 'etc/default', 'var/lib']) {
    await mkdir(join(root, folder), { recursive: true });
  }
  await writeFile(join(root, 'etc/passwd'), 'root:x:0:0:root:/root:/bin/sh\n');
  await writeFile(join(root, 'etc/group'), 'root:x:0:\nvideo:x:44:\n');
  await writeFile(join(root, 'etc/shadow'), 'root:*:19000:0:99999:7:::\n');
  await writeFile(
    join(root, 'etc/hamon-agent.json'),
    JSON.stringify({ source: { kind: 'ffmpeg', device: '/dev/video0' } }),
  );
  await chmod(join(root, 'etc/hamon-agent.json'), 0o600);
  return root;
}

describe.skipIf(why !== undefined)('installing the service into a system', () => {
  const install = (root: string, ...args: string[]): ReturnType<typeof AgentProcess.call> =>
    AgentProcess.call('install-service', '--root', root, '--config', '/etc/hamon-agent.json', ...args);

  it('makes a user that owns the state alone, and a unit that systemd finds right, enables and rates as safe', async () => {
    const root = await image();
    await mkdir(join(root, 'var/lib/hamon-agent'));
    await writeFile(join(root, 'var/lib/hamon-agent/identity.json'), '{}');
    for (let times = 0; times < 2; times += 1) {
      expect(await install(root)).toMatchObject({ code: 0, stderr: '' });
    }
    const passwd = (await readFile(join(root, 'etc/passwd'), 'utf8')).split('\n');
    const users = passwd.filter((line) => line.startsWith('hamon:'));
    expect(users).toEqual([
      expect.stringMatching(/^hamon:x:\d+:\d+::\/var\/lib\/hamon-agent:\/usr\/sbin\/nologin$/),
    ]);
    const [, , uid = '', gid = ''] = users[0]!.split(':');
    for (const path of ['', 'identity.json', 'secrets']) {
      const { uid: owner } = await stat(join(root, 'var/lib/hamon-agent', path));
      expect([path, owner]).toEqual([path, Number(uid)]);
    }
    expect((await stat(join(root, 'var/lib/hamon-agent/secrets'))).mode & 0o777).toBe(0o700);
    const config = await stat(join(root, 'etc/hamon-agent.json'));
    expect([config.uid, config.gid, config.mode & 0o777]).toEqual([0, Number(gid), 0o640]);

    const wants = join(root, 'etc/systemd/system/multi-user.target.wants/hamon-agent.service');
    expect(await readlink(wants)).toMatch(/hamon-agent\.service$/);
    const unit = join(root, 'etc/systemd/system/hamon-agent.service');
    expect(await readFile(unit, 'utf8')).toContain('\nSupplementaryGroups=video\n');
    const verified = await promisify(execFile)('systemd-analyze', ['verify', '--man=no', unit]);
    expect(verified.stderr).toBe('');
    const { stdout } = await promisify(execFile)('systemd-analyze', [
      ...['security', '--offline=true', '--no-pager', '--threshold=25', unit],
    ]);
    expect(stdout).toMatch(/Overall exposure level for hamon-agent.service: [12]\.\d OK/);
  });

  it('is undone, and leaves the device as it was', async () => {
    const root = await image();
    await install(root);
    expect(await AgentProcess.call('uninstall-service', '--root', root)).toMatchObject({ code: 0 });
    expect(existsSync(join(root, 'etc/systemd/system/hamon-agent.service'))).toBe(false);
    expect(existsSync(join(root, 'etc/systemd/system/multi-user.target.wants/hamon-agent.service'))).toBe(
      false,
    );
    expect(existsSync(join(root, 'var/lib/hamon-agent/secrets'))).toBe(true);
  });

  it('changes nothing where it is only to say what it would do', async () => {
    const root = await image();
    const { stdout } = await install(root, '--dry-run');
    expect(stdout).toContain(`useradd --prefix ${root} --system`);
    expect(existsSync(join(root, 'var/lib/hamon-agent'))).toBe(false);
    const { stdout: unit } = await install(root, '--print', '--credential', 'cam=/etc/hamon/cam');
    expect(unit).toContain('\nLoadCredential=cam:/etc/hamon/cam\n');
  });

  it('follows no link that the service’s user may have put into its folder', async () => {
    const root = await image();
    await mkdir(join(root, 'var/lib/hamon-agent'));
    await symlink(join(root, 'etc'), join(root, 'var/lib/hamon-agent/secrets'));
    const mode = (await stat(join(root, 'etc'))).mode;
    const { code, stderr } = await install(root);
    expect([code, stderr]).toEqual([1, expect.stringContaining('it is a link')]);
    expect((await stat(join(root, 'etc'))).mode).toBe(mode);
  });

  it('verifies with names that have to be quoted', async () => {
    const root = await image();
    const state = '/var/lib/a "line" of 100% $HOME';
    expect(await install(root, '--state', state)).toMatchObject({ code: 0, stderr: '' });
    const unit = join(root, 'etc/systemd/system/hamon-agent.service');
    const verified = await promisify(execFile)('systemd-analyze', ['verify', '--man=no', unit]);
    expect(verified.stderr).toBe('');
  });
});

describe('an installation that is refused', () => {
  const machine: Machine = {
    ...{ node: '/usr/bin/node', program: '/usr/lib/hamon-agent.js', systemdVersion: 252 },
    ...{ needs: configNeeds(AgentConfig.parse({})), users: [], groups: [], stateEntries: undefined },
  };
  const request: InstallRequest = {
    ...{
      state: '/var/lib/hamon-agent',
      insecure: false,
      user: 'hamon',
      devices: [],
      credentials: [],
      root: '/',
    },
  };

  it.each<[string, Partial<InstallRequest>, Partial<Machine>, RegExp]>([
    ['a machine without systemd', {}, { systemdVersion: undefined }, /has no systemd/],
    ['root as the user', { user: 'root' }, {}, /not "root"/],
    ['an option as the user', { user: '-x' }, {}, /must be 1-32/],
    ['a state folder that does not last', { state: '/tmp/state' }, {}, /that lasts/],
    ['a state folder that is everybody’s', { state: '/var' }, {}, /service's own/],
    [
      'a state folder with other things',
      { state: '/usr/bin' },
      { stateEntries: ['sh'] },
      /holds other things/,
    ],
    ['a program in a person’s folder', {}, { node: '/root/.nvm/node' }, /install it for all/],
    ['a configuration that others cannot see', { config: '/tmp/agent.json' }, {}, /private to each service/],
    ['a path that no unit can hold', { config: '/etc/a\nExecStart=/bin/sh' }, {}, /control character/],
  ])('%s', (_, changed, other, sentence) => {
    const problems = installProblems({ ...request, ...changed }, { ...machine, ...other });
    expect(problems.join('\n')).toMatch(sentence);
  });

  it('is none of these otherwise, and a running service takes up the new unit', () => {
    expect(installProblems(request, machine)).toEqual([]);
    const enrolled = installPlan(request, { ...machine, users: ['hamon'], stateEntries: ['identity.json'] });
    expect(enrolled.at(-1)).toEqual({
      kind: 'run',
      command: ['systemctl', 'restart', 'hamon-agent.service'],
    });
    expect(enrolled.some((step) => step.kind === 'run' && step.command[0] === 'useradd')).toBe(false);
  });
});
