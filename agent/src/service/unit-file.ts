import type { DeviceAccess } from './device-access.js';
import { homeRules, isHome } from './home-rules.js';
import { commandWord, lineValue, pathWord } from './unit-text.js';

export interface UnitOptions {
  /** Node.js and the agent's program, as absolute paths. */
  readonly node: string;
  readonly program: string;
  readonly state: string;
  readonly config?: string | undefined;
  readonly insecure?: boolean;
  readonly user: string;
  /** Groups that open devices to the user, of those that this machine has. */
  readonly groups: readonly string[];
  readonly devices: DeviceAccess['allow'];
  /** Beside the state folder. */
  readonly writes: readonly string[];
  readonly reads: readonly string[];
  /** It has a budget of processor time, which the kernel is to hold. */
  readonly limitsItself: boolean;
  /** Names and files of secrets that systemd hands over; the service's user need not be able to read the files. */
  readonly credentials: readonly { readonly name: string; readonly file: string }[];
  /** Later ones can wait longer and longer between restarts. */
  readonly systemdVersion: number;
}

/** Tried for ever, as nobody may be near the cabinet for weeks; never in a tight loop. */
const RESTART_SECONDS = 5;
const RESTART_MAX_SECONDS = 60;
/** `RestartSteps=` and `RestartMaxDelaySec=` came with it; earlier ones would warn at each start. */
const BACKOFF_SINCE = 254;

/** The unit `hamon-agent.service`, as text. */
export const unitFile = (options: UnitOptions): string =>
  [
    '# Written by "hamon-agent install-service". Changes of yours belong into a drop-in: systemctl edit hamon-agent',
    ...unitSection(options),
    '',
    ...serviceSection(options),
    '',
    ...sandbox(options),
    '',
    '[Install]',
    'WantedBy=multi-user.target',
    '',
  ].join('\n');

const unitSection = ({ state }: UnitOptions): readonly string[] => [
  '[Unit]',
  'Description=Hamon agent',
  // Not network-online.target: a gateway does its work without a network, and would wait minutes for one.
  'After=network.target time-sync.target',
  `RequiresMountsFor=${pathWord(state)}`,
  // Before its enrolment there is nothing to run, and no reason to try for ever.
  `ConditionPathExists=${lineValue(`${state}/identity.json`)}`,
  'StartLimitIntervalSec=0',
];

function serviceSection(options: UnitOptions): readonly string[] {
  const { state, user, groups, credentials, systemdVersion } = options;
  return [
    '[Service]',
    'Type=notify',
    // What it says is sent by a child of the main process.
    'NotifyAccess=all',
    `ExecStart=${commandOf(options).map(commandWord).join(' ')}`,
    `User=${user}`,
    `Group=${user}`,
    ...(groups.length > 0 ? [`SupplementaryGroups=${groups.join(' ')}`] : []),
    `WorkingDirectory=${lineValue(state)}`,
    ...credentials.map(({ name, file }) => `LoadCredential=${name}:${lineValue(file)}`),
    // Models are loaded before it says that it is ready.
    'TimeoutStartSec=300',
    'WatchdogSec=60',
    'Restart=always',
    `RestartSec=${RESTART_SECONDS}`,
    ...(systemdVersion >= BACKOFF_SINCE
      ? ['RestartSteps=6', `RestartMaxDelaySec=${RESTART_MAX_SECONDS}`]
      : []),
    // The agent limits itself and its models in a cgroup below its own.
    ...(options.limitsItself ? ['Delegate=cpu'] : []),
    'KillMode=mixed',
    'TimeoutStopSec=20',
    // A model's process that runs out of memory ends alone; the agent deals with it.
    'OOMPolicy=continue',
    'LimitCORE=0',
    'StandardOutput=journal',
    'StandardError=inherit',
    'SyslogIdentifier=hamon-agent',
  ];
}

function commandOf({ node, program, state, config, insecure }: UnitOptions): readonly string[] {
  return [
    ...[node, program, 'run', '--state', state],
    ...(config === undefined ? [] : ['--config', config]),
    ...(insecure ? ['--insecure'] : []),
  ];
}

/** No MemoryDenyWriteExecute: V8 and onnxruntime make code while they run. No ProcSubset: memory and cores are read there. */
const sandbox = ({ state, writes, reads, devices, limitsItself }: UnitOptions): readonly string[] => [
  'UMask=0077',
  'NoNewPrivileges=true',
  'CapabilityBoundingSet=',
  'AmbientCapabilities=',
  'ProtectSystem=strict',
  `ReadWritePaths=${pathWord(state)}`,
  // A folder of another machine may be away when the service starts.
  ...writes.filter((path) => !isHome(path)).map((path) => `ReadWritePaths=-${pathWord(path)}`),
  ...homeRules([state, ...writes], reads),
  'PrivateTmp=true',
  'PrivateMounts=true',
  'ProtectProc=invisible',
  'ProtectKernelTunables=true',
  'ProtectKernelModules=true',
  'ProtectKernelLogs=true',
  // Of cgroups its user may write the delegated one alone.
  ...(limitsItself ? [] : ['ProtectControlGroups=true']),
  'ProtectClock=true',
  'ProtectHostname=true',
  'DevicePolicy=closed',
  ...(devices.length === 0
    ? ['PrivateDevices=true', 'PrivateUsers=true']
    : devices.map((rule) => `DeviceAllow=${rule}`)),
  // AF_NETLINK: the C library asks by it which addresses this machine has.
  'RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6 AF_NETLINK',
  'RestrictNamespaces=true',
  'RestrictRealtime=true',
  'RestrictSUIDSGID=true',
  'LockPersonality=true',
  'RemoveIPC=true',
  'SystemCallArchitectures=native',
  'SystemCallFilter=@system-service',
  'SystemCallFilter=~@privileged',
  'SystemCallErrorNumber=EPERM',
];
