import { ApiClient } from '@hamon/api-client';
import { Command } from 'commander';
import { CLI_VERSION, USER_AGENT } from './cli-version.js';
import { addCompressCommand } from './commands/compress.js';
import { addCompressionCommands } from './commands/compression.js';
import { addCompressionStart } from './commands/compression-start.js';
import { addAuditCommands } from './commands/audit.js';
import { addBenchmarkCommands } from './commands/benchmark.js';
import { addDeviceCommands } from './commands/device.js';
import { addDeviceBenchmark } from './commands/device-benchmark.js';
import { addDeviceConfigure } from './commands/device-configure.js';
import { addDeviceEndings } from './commands/device-endings.js';
import { addDeviceLogs } from './commands/device-logs.js';
import { addDeviceRestart } from './commands/device-restart.js';
import { addEnrolTokenCommands } from './commands/enrol-token.js';
import { addFleetPolicyCommands } from './commands/fleet-policy.js';
import { addLoginCommand } from './commands/login.js';
import { addModelCommands } from './commands/model.js';
import { addModelChoices } from './commands/model-choices.js';
import { addModelPush } from './commands/model-push.js';
import { addRolloutCommands } from './commands/rollout.js';
import { addRolloutStart } from './commands/rollout-start.js';
import { addSampleCommands } from './commands/sample.js';
import { addSampleLabel } from './commands/sample-label.js';
import { addSamplePull } from './commands/sample-pull.js';
import { addTokenCommands } from './commands/token.js';
import type { ExitCode } from './exit-code.js';
import type { CommandContext } from './command-context.js';
import type { Io } from './io.js';
import { Output } from './output.js';
import { findServer, type ServerFlags } from './settings/find-server.js';

const EXAMPLES = `
Examples:
  hamon login --server http://localhost:8080 --token TOKEN
  hamon model create tile-inspector --task classification
  hamon model push tile-inspector@2.0.0 --bundle ./tile-inspector-2.0.0
  hamon model release tile-inspector@2.0.0
  hamon rollout start tile-inspector@2.0.0 --where site=osaka --stages 1,10%,50%,100% --watch 10m --wait

Exit codes: 0 done, 1 refused or failed (the reason is on stderr), 2 wrong usage, 3 a rollout or a compression ended in failure.
Environment: HAMON_SERVER, HAMON_TOKEN, HAMON_CONFIG (where "hamon login" stores them), NO_COLOR.`;

/** The whole command line. Failures are thrown, not exited with: the caller decides. */
export function createProgram(io: Io, result: { exitCode: ExitCode }): Command {
  const program = new Command('hamon')
    .description('Ships machine-learning models to fleets of edge devices and keeps them right there.')
    .version(CLI_VERSION)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => void io.stdout.write(text),
      writeErr: (text) => void io.stderr.write(text),
      getOutHelpWidth: () => io.stdout.columns ?? 100,
      getErrHelpWidth: () => io.stderr.columns ?? 100,
    })
    .configureHelp({ showGlobalOptions: true })
    .showSuggestionAfterError()
    .option('--server <url>', 'address of the control plane')
    .option('--token <token>', 'token that opens it')
    .option('--json', 'answer with one JSON document on stdout')
    .addHelpText('after', EXAMPLES);

  const output = (command: Command): Output =>
    new Output(io, command.optsWithGlobals<{ json?: boolean }>().json === true);
  const context: CommandContext = {
    io,
    output,
    async session(command) {
      const server = await findServer(command.optsWithGlobals<ServerFlags>(), io.env);
      const api = new ApiClient({ ...server, signal: io.signal, userAgent: USER_AGENT });
      return { api, output: output(command) };
    },
    exitWith(code) {
      result.exitCode = code;
    },
  };

  addCommands(program, context);
  return program;
}

/** In the order of the help. */
function addCommands(program: Command, context: CommandContext): void {
  addLoginCommand(program, context);
  const model = group(program, 'model', 'models and their versions');
  addModelCommands(model, context);
  addModelPush(model, context);
  addModelChoices(model, context);
  addCompressCommand(program, context);
  const compression = group(
    program,
    'compression',
    'smaller variants of a version, made by a job on the server',
  );
  addCompressionStart(compression, context);
  addCompressionCommands(compression, context);
  const device = group(program, 'device', 'enrolled devices: what runs where');
  addDeviceCommands(device, context);
  addDeviceLogs(device, context);
  addDeviceConfigure(device, context);
  addDeviceRestart(device, context);
  addDeviceEndings(device, context);
  addDeviceBenchmark(device, context);
  addBenchmarkCommands(group(program, 'benchmark', 'measurements of versions on devices'), context);
  addEnrolTokenCommands(group(program, 'enrol-token', 'tokens that let new devices in'), context);
  const rollout = group(program, 'rollout', 'staged changes of a set of devices to a version');
  addRolloutStart(rollout, context);
  addRolloutCommands(rollout, context);
  const sample = group(program, 'sample', 'pictures that devices kept and sent, and what people say of them');
  addSampleCommands(sample, context);
  addSamplePull(sample, context);
  addSampleLabel(sample, context);
  const fleet = group(program, 'fleet', 'what holds for all devices');
  addFleetPolicyCommands(group(fleet, 'policy', 'what the fleet allows'), context);
  addTokenCommands(group(program, 'token', 'tokens that open the API'), context);
  addAuditCommands(group(program, 'audit', 'the ledger of who did what to what'), context);
}

/** A noun with verbs below it; without a verb it explains itself and counts as wrong usage. */
const group = (program: Command, name: string, description: string): Command =>
  program.command(name).description(description);
