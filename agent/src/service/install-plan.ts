import type { ConfigNeeds } from './config-needs.js';
import { deviceAccess } from './device-access.js';
import { isHome } from './home-rules.js';
import type { ServiceStep } from './service-step.js';
import { unitFile } from './unit-file.js';
import { isFitForUnit } from './unit-text.js';

export const UNIT_NAME = 'hamon-agent.service';
export const UNIT_FOLDER = '/etc/systemd/system';

export interface InstallRequest {
  readonly state: string;
  readonly config?: string | undefined;
  readonly insecure: boolean;
  readonly user: string;
  /** Further device nodes, beside those of the configuration. */
  readonly devices: readonly string[];
  readonly credentials: readonly { readonly name: string; readonly file: string }[];
  /** The system that is installed into: `/`, or the folder of an image that is being made. */
  readonly root: string;
}

/** What is known of the machine, or of the image. */
export interface Machine {
  readonly node: string;
  readonly program: string;
  readonly needs: ConfigNeeds;
  readonly users: readonly string[];
  readonly groups: readonly string[];
  /** Undefined where there is none. */
  readonly systemdVersion: number | undefined;
  /** Of the state folder; undefined where it is not there yet. */
  readonly stateEntries: readonly string[] | undefined;
}

const ENROLMENT = 'identity.json';

export const isEnrolled = ({ stateEntries }: Machine): boolean => stateEntries?.includes(ENROLMENT) ?? false;

/** What has to be done, in this order; repeating all of it is safe. */
export function installPlan(request: InstallRequest, machine: Machine): readonly ServiceStep[] {
  const { state, config, user, root } = request;
  const inRoot = (path: string): string => (root === '/' ? path : `${root}${path}`);
  return [
    ...(machine.users.includes(user) ? [] : [addUser(request)]),
    { kind: 'folder', path: inRoot(state), mode: 0o750 },
    { kind: 'folder', path: inRoot(`${state}/secrets`), mode: 0o700 },
    // Also what an enrolment by root has left there.
    { kind: 'own', path: inRoot(state), user },
    ...(config === undefined ? [] : [{ kind: 'share', path: inRoot(config), user } as const]),
    {
      kind: 'write',
      path: inRoot(`${UNIT_FOLDER}/${UNIT_NAME}`),
      mode: 0o644,
      text: unitText(request, machine),
    },
    ...(root === '/'
      ? onRunningSystem(isEnrolled(machine))
      : [systemctl(`--root=${root}`, 'enable', UNIT_NAME)]),
  ];
}

export function uninstallPlan(root: string): readonly ServiceStep[] {
  const unit = `${UNIT_FOLDER}/${UNIT_NAME}`;
  if (root !== '/') {
    return [systemctl(`--root=${root}`, 'disable', UNIT_NAME), { kind: 'remove', path: `${root}${unit}` }];
  }
  return [
    systemctl('disable', '--now', UNIT_NAME),
    { kind: 'remove', path: unit },
    systemctl('daemon-reload'),
  ];
}

export function unitText(request: InstallRequest, machine: Machine): string {
  const { node, program, needs, groups, systemdVersion = 0 } = machine;
  const { config, devices } = request;
  const access = deviceAccess([...needs.devices, ...devices]);
  return unitFile({
    ...{ ...request, node, program, systemdVersion },
    groups: access.groups.filter((name) => groups.includes(name)),
    devices: access.allow,
    writes: needs.writes,
    limitsItself: needs.cgroup,
    reads: [...(config === undefined ? [] : [config]), ...needs.reads],
  });
}

const systemctl = (...args: readonly string[]): ServiceStep => ({
  kind: 'run',
  command: ['systemctl', ...args],
});

const onRunningSystem = (enrolled: boolean): readonly ServiceStep[] => [
  systemctl('daemon-reload'),
  systemctl('enable', UNIT_NAME),
  // One that runs takes up the new unit.
  ...(enrolled ? [systemctl('restart', UNIT_NAME)] : []),
];

function addUser({ user, state, root }: InstallRequest): ServiceStep {
  const where = root === '/' ? [] : ['--prefix', root];
  const what = [
    '--system',
    '--user-group',
    '--no-create-home',
    '--home-dir',
    state,
    '--shell',
    '/usr/sbin/nologin',
  ];
  return { kind: 'run', command: ['useradd', ...where, ...what, user] };
}

/** Why it cannot be installed so, in sentences that say what to do instead. */
export function installProblems(request: InstallRequest, machine: Machine): readonly string[] {
  const { state, config, user, credentials, devices } = request;
  const { node, program, needs } = machine;
  const named = [state, node, program, ...needs.writes, ...needs.reads, ...devices, ...needs.devices];
  const files = [...credentials.map(({ file }) => file), ...(config === undefined ? [] : [config])];
  return [
    ...(machine.systemdVersion === undefined
      ? ['this machine has no systemd: let what starts its services run "hamon-agent run"']
      : []),
    ...(/^[a-z_][a-z0-9_-]{0,31}$/.test(user) && user !== 'root'
      ? []
      : [`--user ${user}: must be 1-32 of a-z, 0-9, "_", "-", beginning with a letter, and not "root"`]),
    ...[...named, ...files]
      .filter((path) => !isFitForUnit(path))
      .map((path) => `${path}: a path of a service holds no backslash and no control character`),
    ...stateProblems(state, machine),
    ...[node, program]
      .filter(isHome)
      .map(
        (path) =>
          `${path} is in a person's own folder, which a service does not see: install it for all (npm i -g)`,
      ),
    ...[...needs.writes, ...needs.reads, ...files]
      .filter(isPassing)
      .map(
        (path) =>
          `${path}: /tmp, /run and the like are private to each service or gone with a restart: use another folder`,
      ),
  ];
}

function stateProblems(state: string, { stateEntries = [] }: Machine): readonly string[] {
  if (state.split('/').filter((part) => part !== '').length < 2 || isPassing(state)) {
    return [
      `--state ${state}: must be a folder of the service's own that lasts, such as /var/lib/hamon-agent`,
    ];
  }
  // All in it is given to the service's user.
  return stateEntries.length === 0 || stateEntries.some((name) => OWN.includes(name))
    ? []
    : [`--state ${state} holds other things than a device's state: name a folder of its own`];
}

const OWN: readonly string[] = [ENROLMENT, 'device-key.jwk', 'secrets'];

const isPassing = (path: string): boolean => /^\/(tmp|var\/tmp|run|dev|proc|sys)(\/|$)/.test(path);
