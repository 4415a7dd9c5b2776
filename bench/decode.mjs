import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { median } from '@hamon/stats';
import { taskNamed } from '@hamon/tasks';
import { CASES } from './lib/decode-cases.mjs';

const ROUNDS = 5;
const RUNS = 40;
const PYTHON_RUNS = 20;
const SCRIPT = fileURLToPath(new URL('lib/decode.py', import.meta.url));

/**
 * From a model's outputs to the answer, in one thread, beside a plain version of the same in Python and NumPy where these
 * are installed. Both are measured in turns.
 */
export async function bench(say) {
  const dir = mkdtempSync(join(tmpdir(), 'hamon-bench-decode-'));
  const python = spawnSync('python3', ['-c', 'import numpy']).status === 0;
  try {
    const figures = [];
    for (const one of CASES) {
      say(`decode: ${one.what}`);
      figures.push(...measured(one, python && one.python ? dir : undefined));
    }
    const notes = [
      `medians of ${ROUNDS} blocks of ${RUNS} decodes, and of ${PYTHON_RUNS} in Python, in turns`,
    ];
    return { figures, notes: python ? notes : [...notes, 'Python is left out: no python3 with numpy here'] };
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

function measured({ what, task, input, frame, output, tensors, aim, python }, dir) {
  const decode = taskNamed(task).decoder(output, input);
  const original = tensors();
  const scratch = new Map(
    [...original].map(([name, { dims, data }]) => [name, { dims, data: data.slice() }]),
  );
  const file = dir && join(dir, 'output.f32');
  if (file) writeFileSync(file, [...original.values()][0].data);
  const [here, there] = [[], []];
  let answer;
  for (let round = 0; round < ROUNDS; round += 1) {
    for (let run = 0; run < RUNS; run += 1) {
      // Whoever decodes may write into the outputs, which have just come from the model's process.
      for (const [name, { data }] of original) scratch.get(name).data.set(data);
      const begin = performance.now();
      answer = decode(scratch, frame);
      here.push(performance.now() - begin);
    }
    if (!answer.ok) throw new Error(`${what}: ${answer.error.detail}`);
    if (file) there.push(...inPython(file, { ...python, runs: PYTHON_RUNS }));
  }
  const ms = median(here);
  const detail = taskNamed(task).describe(answer.value).slice(0, 60);
  const figure = { what, value: ms, unit: 'ms', aim: { atMost: aim }, detail };
  if (!file) return [figure];
  const slower = { what: `${what}: Python over Hamon`, value: median(there) / ms, unit: '×' };
  return [figure, { ...slower, detail: `${median(there).toFixed(2)} ms in Python` }];
}

/** Milliseconds of each run. */
function inPython(file, settings) {
  const child = spawnSync('python3', [SCRIPT, file, JSON.stringify(settings)], { encoding: 'utf8' });
  if (child.status !== 0) throw new Error(`${SCRIPT} ended with code ${child.status}: ${child.stderr}`);
  return JSON.parse(child.stdout);
}
