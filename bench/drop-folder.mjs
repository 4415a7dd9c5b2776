import { fork } from 'node:child_process';
import { createReadStream, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, open, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { quantileOf } from './lib/quantile-of.mjs';

const FILES = 10_000;
const PER_SECOND = 200;
const KILLS = 5;
/** Of the files, those that are not renamed in but written in place, in two halves. */
const IN_PLACE = 10;
const QUIET_LIMIT_MS = 120_000;
const device = fileURLToPath(new URL('lib/drop-device.mjs', import.meta.url));
const golden = fileURLToPath(
  new URL('../examples/surface-inspection/bundles/2.0.0/golden/', import.meta.url),
);
const images = Array.from({ length: 8 }, (_, i) => readFileSync(`${golden}${i}.png`));

/**
 * What a camera's FTP server does to a device that is killed over and over: files come at a steady rate, most of them renamed
 * in. Every file has to have its answer, and an answer that is told twice has to be known as the same one.
 */
export async function bench(say) {
  const base = await mkdtemp(join(tmpdir(), 'hamon-bench-drops-'));
  const [folder, state, results] = ['drop', 'state', 'results.jsonl'].map((name) => join(base, name));
  await mkdir(folder);
  const run = new Device([folder, state, results]);
  try {
    await run.start();
    const began = performance.now();
    const arrivals = new Map();
    const kills = killsAt(run, say);
    await drop(folder, arrivals, async (count) => kills.look(count));
    await kills.done();
    const leftMs = await untilEmpty(folder);
    const seconds = (performance.now() - began) / 1000;
    // The last answers are with their sink before their files leave.
    return report(await read(results), { arrivals, folder, seconds, leftMs });
  } finally {
    run.kill();
    await rm(base, { recursive: true, force: true });
  }
}

/** The device's process, started anew after each kill. */
class Device {
  constructor(args) {
    this.args = args;
  }

  async start() {
    const child = fork(device, this.args, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
    this.child = child;
    await new Promise((resolve, reject) => {
      child.once('message', resolve);
      child.once('exit', (code) => reject(new Error(`the device ended with ${code}`)));
    });
    child.removeAllListeners('exit');
  }

  kill() {
    this.child?.kill('SIGKILL');
  }
}

/** Kills it in the midst of the files, at even distances, and starts it again beside them. */
function killsAt(run, say) {
  let killed = 0;
  let restarting = Promise.resolve();
  return {
    look: (count) => {
      if (killed >= KILLS || count < ((killed + 1) * FILES) / (KILLS + 1)) return;
      killed += 1;
      say(`drop-folder: kill ${killed} after ${count} files`);
      run.kill();
      restarting = restarting.then(() => run.start());
    },
    done: () => restarting,
  };
}

async function drop(folder, arrivals, onFile) {
  const began = performance.now();
  const writing = new Set();
  for (let i = 0; i < FILES; i += 1) {
    const waitMs = began + (i * 1000) / PER_SECOND - performance.now();
    if (waitMs > 0) await delay(waitMs);
    const name = `${String(i).padStart(6, '0')}.png`;
    const write = i % IN_PLACE === 0 ? writeInPlace(folder, name) : renameIn(folder, name, i);
    const done = write.then(() => {
      arrivals.set(name, Date.now());
      writing.delete(done);
    });
    writing.add(done);
    await onFile(i + 1);
  }
  await Promise.all(writing);
}

async function renameIn(folder, name, i) {
  const hidden = join(folder, `.in.${name}`);
  await writeFile(hidden, images[i % images.length]);
  await rename(hidden, join(folder, name));
}

async function writeInPlace(folder, name) {
  const bytes = images[0];
  const half = bytes.length >> 1;
  const file = await open(join(folder, name), 'w');
  await file.write(bytes.subarray(0, half));
  await delay(100);
  await file.write(bytes.subarray(half));
  await file.close();
}

/** Settles when nothing is left to answer; how long that took after the last file. */
async function untilEmpty(folder) {
  const began = performance.now();
  for (;;) {
    const left = (await readdir(folder)).filter((name) => name.endsWith('.png'));
    const tookMs = performance.now() - began;
    if (left.length === 0 || tookMs > QUIET_LIMIT_MS) return tookMs;
    await delay(50);
  }
}

/** Records by file; a line that a kill has torn is none. */
async function read(results) {
  const byFile = new Map();
  for await (const line of createInterface({ input: createReadStream(results) })) {
    let record;
    try {
      record = JSON.parse(line);
    } catch {
      continue;
    }
    const known = byFile.get(record.frame);
    if (known) known.push(record);
    else byFile.set(record.frame, [record]);
  }
  return byFile;
}

async function report(byFile, { arrivals, folder, seconds, leftMs }) {
  const names = [...arrivals.keys()];
  const lost = names.filter((name) => !byFile.get(name)?.some(({ result }) => result));
  const several = [...byFile.values()].filter((records) => records.length > 1);
  const otherIds = several.filter((records) => new Set(records.map(({ id }) => id)).size > 1);
  const unmarked = several.filter((records) => records.slice(1).some(({ repeat }) => repeat !== true));
  const marked = [...byFile.values()].flat().filter(({ repeat }) => repeat === true).length;
  const ids = new Set([...byFile.values()].map(([{ id }]) => id));
  const [done, failed] = await Promise.all(['done', 'failed'].map((name) => readdir(join(folder, name))));
  const waits = names
    .filter((_, i) => i % IN_PLACE !== 0)
    .map((name) => Date.parse(byFile.get(name)?.[0]?.at ?? '') - arrivals.get(name))
    .filter(Number.isFinite);
  return {
    figures: [
      { what: 'files without an answer', value: lost.length, unit: '', aim: { atMost: 0 } },
      { what: 'files in done/', value: done.length, unit: '', aim: { atLeast: FILES, atMost: FILES } },
      { what: 'files in failed/', value: failed.length, unit: '', aim: { atMost: 0 } },
      { what: 'answers marked as repeats', value: marked, unit: '' },
      { what: 'answers told again after a kill', value: several.length, unit: '' },
      { what: 'of these with another id', value: otherIds.length, unit: '', aim: { atMost: 0 } },
      { what: 'of these without the mark', value: unmarked.length, unit: '', aim: { atMost: 0 } },
      { what: 'ids of several files', value: byFile.size - ids.size, unit: '', aim: { atMost: 0 } },
      { what: 'renamed in → answered, median', value: quantileOf(waits, 0.5), unit: 'ms' },
      { what: 'renamed in → answered, p95, kills included', value: quantileOf(waits, 0.95), unit: 'ms' },
      { what: 'last file → all answered', value: leftMs, unit: 'ms' },
      { what: 'files a second', value: FILES / seconds, unit: '' },
    ],
    notes: [
      `${KILLS} kills (SIGKILL) while files come; every ${IN_PLACE}th file is written in place, in two halves`,
      'answers are counted in the file that the jsonl sink wrote',
    ],
  };
}
