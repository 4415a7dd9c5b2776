import { printable } from '@hamon/contracts';
import { Command } from 'commander';
import { AgentError } from './agent-error.js';
import { AGENT_VERSION } from './agent-version.js';
import { doctorCommand } from './cli/doctor-command.js';
import { enrolCommand } from './cli/enrol-command.js';
import { installServiceCommand, uninstallServiceCommand } from './cli/install-service-command.js';
import { runCommand } from './cli/run-command.js';
import { statusCommand } from './cli/status-command.js';

const program = new Command('hamon-agent')
  .description('Runs a fleet’s models on this device and keeps them right.')
  .version(AGENT_VERSION)
  .exitOverride((error) => {
    // 2 is wrong usage; help and version are no errors.
    process.exit(error.exitCode === 0 ? 0 : 2);
  });

program.addCommand(enrolCommand());
program.addCommand(runCommand());
program.addCommand(statusCommand());
program.addCommand(doctorCommand());
program.addCommand(installServiceCommand());
program.addCommand(uninstallServiceCommand());
for (const command of program.commands) command.copyInheritedSettings(program);

try {
  await program.parseAsync();
} catch (cause) {
  if (!(cause instanceof AgentError)) throw cause;
  process.stderr.write(`hamon-agent: ${printable(cause.message)}\n`);
  process.exitCode = 1;
}
