/**
 * `npm run bench -- [NAME…] [--json]`: measures and prints, all benchmarks unless some are named; never fails for a figure.
 * Each of several runs in a process of its own, so that none pays for another's memory. A benchmark is a module `bench/NAME.mjs` that exports
 * `bench(say): Promise<BenchResult>`; `say` writes progress.
 *
 * @typedef {{ atMost?: number, atLeast?: number }} Aim
 * @typedef {{ what: string, value: number, unit: string, aim?: Aim, detail?: string }} Figure
 * @typedef {{ figures: Figure[], notes?: string[] }} BenchResult
 */
import { spawnSync } from 'node:child_process';
import { availableParallelism, cpus } from 'node:os';
import { fileURLToPath } from 'node:url';

const BENCHES = {
  'agent-overhead':
    'the agent’s whole path per frame over a bare session.run, by task and beside another model',
  camera:
    'from a camera’s frame over RTSP to the answer, beside a bare ffmpeg → onnxruntime loop; reconnects',
  trigger: 'from a trigger by HTTP and MQTT to its answer, beside bare runs of the model',
  decode: 'from a model’s outputs to the answer, beside plain Python',
  memory: 'a steady agent’s memory with three models: supervisor, growth per model, children',
  demo: 'the whole demo on this machine',
  'drop-folder': '10,000 files at 200 a second into a drop folder, its device killed five times',
  swap: '20 swaps under load: frames lost, growth of the supervisor',
  compress: 'compression held against the Python tools: bytes, accuracy, latency, time, memory',
  'rollout-scale': 'a rollout to 20,000 devices: start, assignment, evidence, abort, way back',
  lists: 'how lists and rollouts grow from 1,000 to 20,000 devices',
  fleet: '200, 500 and 2,000 simulated devices with MQTT sessions of their own, through a rollout',
  delivery: '50 devices fetch 8 MB over the embedded broker',
};

const say = (text) => process.stderr.write(`${text}\n`);

function parse(args) {
  const names = args.filter((arg) => !arg.startsWith('--'));
  const strange = args.find((arg) => arg.startsWith('--') && arg !== '--json' && arg !== '--help');
  const all = names.length === 0 || names.includes('all');
  const unknown = names.some((name) => name !== 'all' && !Object.hasOwn(BENCHES, name));
  if (!strange && !unknown && !args.includes('--help')) {
    return { names: all ? Object.keys(BENCHES) : names, json: args.includes('--json') };
  }
  say(`usage: npm run bench -- [NAME… | all] [--json]\n`);
  for (const [bench, what] of Object.entries(BENCHES)) say(`  ${bench.padEnd(16)}${what}`);
  process.exit(args.includes('--help') ? 0 : 2);
}

const met = ({ value, aim }) =>
  aim === undefined ? undefined : value <= (aim.atMost ?? Infinity) && value >= (aim.atLeast ?? -Infinity);

const rounded = (value) => (Number.isInteger(value) ? value : Number(value.toPrecision(4)));

function table(name, { figures, notes = [] }) {
  const rows = figures.map((figure) => [
    figure.what,
    `${rounded(figure.value)} ${figure.unit}`.trim(),
    figure.aim
      ? `${figure.aim.atMost === undefined ? `≥ ${figure.aim.atLeast}` : `≤ ${figure.aim.atMost}`}`
      : '',
    { true: 'met', false: 'MISSED' }[String(met(figure))] ?? '',
    figure.detail ?? '',
  ]);
  const widths = [0, 1, 2, 3, 4].map((i) => Math.max(...rows.map((row) => row[i].length)));
  const lines = rows.map((row) => `  ${row.map((cell, i) => cell.padEnd(widths[i] + 2)).join('')}`.trimEnd());
  return [`${name}: ${BENCHES[name]}`, ...lines, ...notes.map((note) => `  ${note}`), ''].join('\n');
}

async function runHere(name) {
  const { bench } = await import(`./${name}.mjs`);
  const result = await bench(say);
  return {
    name,
    figures: result.figures.map((figure) => ({ ...figure, met: met(figure) })),
    notes: result.notes,
  };
}

/** One benchmark in a child process; its JSON comes back on the last line. */
function runApart(name) {
  const child = spawnSync(process.execPath, [fileURLToPath(import.meta.url), name, '--json'], {
    stdio: ['ignore', 'pipe', 'inherit'],
    maxBuffer: 16 * 1024 * 1024,
  });
  if (child.status !== 0) return { name, error: `ended with code ${child.status ?? child.signal}` };
  return JSON.parse(child.stdout.toString().trim().split('\n').at(-1)).benches[0];
}

const { names, json } = parse(process.argv.slice(2));
const benches = names.length > 1 ? names.map(runApart) : [await runHere(names[0])];
for (const result of benches) {
  const text = result.error ? `${result.name}: ${result.error}` : table(result.name, result);
  (json ? say : console.log)(text);
}
if (json) {
  const machine = {
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: availableParallelism(),
    node: process.versions.node,
  };
  console.log(JSON.stringify({ schema: 'hamon.bench/1', machine, benches }));
}
process.exit(benches.some(({ error }) => error) ? 1 : 0);
