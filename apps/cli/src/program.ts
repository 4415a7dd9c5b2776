import { Command } from 'commander';
import { addDeviceCommands } from './commands/device.js';
import { addEnrolTokenCommands } from './commands/enrol-token.js';
import { addLoginCommand } from './commands/login.js';
import { addModelCommands } from './commands/model.js';
import { addRolloutCommands } from './commands/rollout.js';

const EXAMPLES = `
Examples:
  hamon login --server http://127.0.0.1:8080 --token TOKEN
  hamon model create tile-inspector --task classification
  hamon model push tile-inspector@2.0.0 --bundle ./tile-inspector-2.0.0
  hamon model release tile-inspector@2.0.0
  hamon rollout start tile-inspector@2.0.0 --where site=osaka --stages 1,10%,100% --watch 10m
  hamon rollout watch ID

Exit codes: 0 done, 1 refused or failed, 2 wrong usage, 3 a rollout ended in failure.`;

/** The whole command line; parsing it runs one command. */
export function createProgram(version: string): Command {
  const program = new Command('hamon')
    .description('ships machine-learning models to fleets of edge devices and keeps them right there')
    .version(version)
    .option('--server <url>', 'control plane (or HAMON_SERVER, or hamon login)')
    .option('--token <token>', 'access token (or HAMON_TOKEN, or hamon login)')
    .option('--json', 'print one JSON document instead of text')
    .addHelpText('after', EXAMPLES)
    .configureHelp({ showGlobalOptions: true })
    .exitOverride();
  addLoginCommand(program);
  addModelCommands(program);
  addDeviceCommands(program);
  addEnrolTokenCommands(program);
  addRolloutCommands(program);
  inheritExitOverride(program);
  return program;
}

/** Sub-commands made before `exitOverride` would end the process themselves. */
function inheritExitOverride(command: Command): void {
  for (const sub of command.commands) {
    sub.exitOverride();
    inheritExitOverride(sub);
  }
}
