import { nodeDisk } from '@hamon/content';
import { printable, printableJson } from '@hamon/contracts';
import { thumbprint } from '@hamon/trust';
import { Command } from 'commander';
import { AgentError } from '../agent-error.js';
import { firstOf, shownModels, type AgentStatus, type ModelStatus } from '../agent-status.js';
import { benchmarkFile } from '../adapters/benchmark-file.js';
import { readIdentity } from '../adapters/identity.js';
import { runningStatus, statusAt } from '../adapters/running-status.js';
import { StatePaths } from '../adapters/state-paths.js';
import { StateStore } from '../adapters/state-store.js';
import { AgentConfig } from '../config.js';
import { benchmarkStatus } from '../core/benchmark-status.js';
import { ModelNotes } from '../model-notes.js';

interface Options {
  readonly state?: string;
  readonly json?: boolean;
}

/** Where an agent listens unless its configuration says otherwise. */
const { host, port } = AgentConfig.shape.http.parse({});
const USUAL_URL = `http://${host}:${port}`;

export const statusCommand = (): Command =>
  new Command('status')
    .description('show what runs on this device; works with a stopped agent too')
    .option('--state <folder>', `the device's state folder; without it the agent at ${USUAL_URL} is asked`)
    .option('--json', 'one JSON document')
    .action(async ({ state, json }: Options) => {
      const status = await (state === undefined ? atUsualAddress() : inFolder(new StatePaths(state)));
      process.stdout.write(json ? `${printableJson(JSON.stringify(status))}\n` : describe(status));
    });

async function atUsualAddress(): Promise<AgentStatus> {
  const status = await statusAt(USUAL_URL);
  if (status) return status;
  throw new AgentError('not-running', `no agent answers at ${USUAL_URL}: name its state folder with --state`);
}

const inFolder = async (paths: StatePaths): Promise<AgentStatus> =>
  (await runningStatus(paths)) ?? fromFiles(paths);

async function fromFiles(paths: StatePaths): Promise<AgentStatus> {
  const identity = await readIdentity(paths);
  if (!identity) throw new AgentError('not-enrolled', `${paths.folder} holds no enrolled device`);
  const { state } = await new StateStore(paths.folder, nodeDisk).load();
  const models = shownModels(state, new ModelNotes().reports(state));
  const { workers: _, ...first } = firstOf(state, models);
  return {
    schema: 'hamon.agent-status/1',
    fleet: identity.fleet,
    device: identity.device,
    connected: false,
    ...first,
    models,
    keyId: await thumbprint(identity.manifestKey),
    benchmark: benchmarkStatus(await benchmarkFile(paths.benchmarkRecord).load(), null),
  };
}

type Slots = ModelStatus['slots'];

const named = (slot: Slots['current']): string =>
  slot ? `${slot.model}@${slot.version} ${slot.variant}, sequence ${slot.sequence}` : 'none';

function describe(status: AgentStatus): string {
  const { device, fleet, pid, connected, shutOut, models, streams = [], keyId } = status;
  const { conditions = [], benchmark, frames, machine } = status;
  const lines = [
    `device      ${device} of fleet ${fleet}`,
    `agent       ${pid === undefined ? 'not running' : `process ${pid}, ${connected ? 'connected' : 'not connected'}`}`,
    // A device of one model needs no heading.
    ...models.flatMap((model) => [
      ...(models.length > 1 ? [`model       ${model.model}`] : []),
      ...linesOf(model),
    ]),
    ...(models.length === 0 ? ['models      none'] : []),
  ];
  for (const { name, model, source } of streams) {
    const how = howItIs(source);
    // A device that is only asked by HTTP has one, and nothing to tell of it.
    if (streams.length > 1 || how !== '') lines.push(`stream      ${name}: ${model ?? 'no model'}${how}`);
  }
  if (shutOut) lines.push(`shut out    ${shutOut}`);
  if (keyId !== undefined) lines.push(`key         ${keyId}`);
  for (const { code, since, detail } of conditions)
    lines.push(`trouble     ${code} since ${since}: ${detail}`);
  if (benchmark) {
    const { model, version, state, progress, deadline } = benchmark;
    const howFar = progress ? `${progress.step}, ${progress.done} of ${progress.total}` : state;
    lines.push(`benchmark   ${model}@${version}: ${howFar}, until ${deadline}`);
  }
  if (frames) {
    lines.push(
      `frames      ${frames.accepted} accepted, ${frames.answered} answered, ${frames.skipped} skipped, ` +
        `${frames.undecodable + frames.mismatched} refused`,
    );
  }
  if (machine) lines.push(`machine     ${machineText(machine)}`);
  // What a server sent may be anybody's text.
  return `${lines.map(printable).join('\n')}\n`;
}

function howItIs(source: NonNullable<AgentStatus['streams']>[number]['source']): string {
  if (!source) return '';
  const { state, detail, frames } = source;
  if (state !== 'running') return `, ${state}${detail === undefined ? '' : `: ${detail}`}`;
  return frames === 0 ? '' : `, ${frames} frames have come`;
}

function machineText({
  cpuSeconds,
  temperature,
  throttledBy = [],
  energy,
}: NonNullable<AgentStatus['machine']>): string {
  const parts = [
    `${cpuSeconds.toFixed(1)} s of processor time`,
    ...(temperature === undefined ? [] : [`${temperature.toFixed(0)} °C`]),
    ...(throttledBy.length === 0 ? [] : [`slowed down: ${throttledBy.join(', ')}`]),
    ...(energy ? [`${energy.joules.toFixed(0)} J${energy.estimated ? ', estimated' : ''}`] : []),
  ];
  return parts.join(', ');
}

function linesOf({ slots, deployment, rejection, executionProvider }: ModelStatus): string[] {
  const on = executionProvider === undefined ? '' : `, on ${executionProvider}`;
  const lines = [
    `current     ${named(slots.current)}${on}`,
    `previous    ${named(slots.previous)}`,
    `candidate   ${named(slots.candidate)}`,
  ];
  if (deployment) {
    const why = deployment.reason ? `: ${deployment.reason.code}: ${deployment.reason.detail}` : '';
    lines.push(`deployment  ${named(deployment.version)}: ${deployment.state}${why}`);
  }
  if (rejection) lines.push(`rejected    ${rejection.code}: ${rejection.detail}`);
  return lines;
}
