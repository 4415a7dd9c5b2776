import { isAbsolute, resolve } from 'node:path';
import { SecretName } from '@hamon/contracts';
import { Command, InvalidArgumentError } from 'commander';
import { AgentError } from '../agent-error.js';
import { readConfig } from '../config.js';
import { carryOut } from '../service/carry-out.js';
import {
  installPlan,
  installProblems,
  isEnrolled,
  uninstallPlan,
  UNIT_NAME,
  unitText,
  type InstallRequest,
} from '../service/install-plan.js';
import { readMachine } from '../service/read-machine.js';
import { describeStep, shellWord, type ServiceStep } from '../service/service-step.js';
import { USUAL_STATE_FOLDER } from '../service/usual-places.js';

interface Credential {
  readonly name: string;
  readonly file: string;
}

interface Options {
  readonly state: string;
  readonly config?: string;
  readonly insecure?: boolean;
  readonly user: string;
  readonly device?: readonly string[];
  readonly credential?: readonly Credential[];
  readonly root: string;
  readonly dryRun?: boolean;
  readonly print?: boolean;
}

export const installServiceCommand = (): Command =>
  new Command('install-service')
    .description(
      'have systemd run the agent, from now on and after each start of the machine; repeating it is safe',
    )
    .option('--state <folder>', "the device's state folder", USUAL_STATE_FOLDER)
    .option('--config <file>', 'configuration in JSON')
    .option('--user <name>', 'whom the service runs as; made where there is none', 'hamon')
    .option('--device <path>', 'a device node beside those of the configuration (repeatable)', collectDevice)
    .option(
      '--credential <name=file>',
      'a secret that only root can read, handed over by systemd (repeatable)',
      collectCredential,
    )
    .option('--insecure', 'accept http:// and mqtt:// outside of this machine')
    .option('--root <folder>', 'install into the image of a system that is being made there', '/')
    .option('--dry-run', 'only say what would be done')
    .option('--print', 'only print the unit')
    .action(install);

export const uninstallServiceCommand = (): Command =>
  new Command('uninstall-service')
    .description('stop the service and take it away; the state folder and the user stay')
    .option('--root <folder>', 'of the image of a system', '/')
    .option('--dry-run', 'only say what would be done')
    .action(async ({ root, dryRun = false }: Pick<Options, 'root' | 'dryRun'>) => {
      const steps = uninstallPlan(resolve(root));
      if (dryRun) return show(steps);
      requireRoot('uninstall-service');
      await carryOut(steps, resolve(root), (step) => show([step]));
      say('uninstalled; the device stays enrolled, and its state folder is as it was');
    });

async function install(options: Options): Promise<void> {
  const {
    dryRun = false,
    print = false,
    insecure = false,
    user,
    device: devices = [],
    credential: credentials = [],
  } = options;
  const root = resolve(options.root);
  const config = options.config === undefined ? undefined : resolve(options.config);
  const request: InstallRequest = {
    state: resolve(options.state),
    config,
    insecure,
    user,
    devices,
    credentials,
    root,
  };
  // A service that cannot start would be found out by nobody.
  const document = await readConfig(config === undefined || root === '/' ? config : `${root}${config}`);
  const machine = await readMachine(request, document);
  const problems = installProblems(request, machine);
  if (problems.length > 0) throw new AgentError('not-installable', problems.join('\n'));
  if (print) {
    process.stdout.write(unitText(request, machine));
    return;
  }
  const steps = installPlan(request, machine);
  if (dryRun) return show(steps);
  requireRoot('install-service');
  await carryOut(steps, root, (step) => show([step]));
  if (root !== '/') say(`installed into ${root}; it starts with that system once the device is enrolled`);
  else if (isEnrolled(machine)) say(`installed and started; look at it: systemctl status ${UNIT_NAME}`);
  else
    say(
      `installed; it starts once the device is enrolled:\n  ${enrolAs(request)} && sudo systemctl start ${UNIT_NAME}`,
    );
}

const enrolAs = ({ user, state }: InstallRequest): string =>
  `sudo -u ${user} hamon-agent enrol --server URL --token TOKEN --state ${shellWord(state)}`;

function requireRoot(command: string): void {
  if (process.getuid?.() === 0) return;
  const why = 'it writes below /etc and makes a user';
  throw new AgentError('not-installable', `only root can do this, as ${why}: sudo hamon-agent ${command} …`);
}

const say = (text: string): void => void process.stdout.write(`${text}\n`);
const show = (steps: readonly ServiceStep[]): void => steps.forEach((step) => say(describeStep(step)));

function collectDevice(path: string, former: readonly string[] = []): readonly string[] {
  if (!/^\/dev\/[A-Za-z0-9._:+/-]+$/.test(path) || path.includes('..')) {
    throw new InvalidArgumentError('must be a path below /dev');
  }
  return [...former, path];
}

function collectCredential(text: string, former: readonly Credential[] = []): readonly Credential[] {
  const [name = '', file = ''] = text.split(/=(.*)/s);
  if (!SecretName.safeParse(name).success || !isAbsolute(file)) {
    throw new InvalidArgumentError('must be NAME=/absolute/path, NAME as the configuration has it');
  }
  return [...former, { name, file }];
}
