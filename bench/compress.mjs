import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { compress, openLabelledImages, outputsOf, samplesOf, TensorSession } from '@hamon/compress';
import { seededRandom } from '@hamon/stats';
import { otherTasks } from './lib/compress-tasks.mjs';

const DATA = fileURLToPath(new URL('../../shared/data/', import.meta.url));
const MIB = 1024 ** 2;

/** The Python tool `onnxruntime.quantization` 1.30 on the same files: bytes of static QDQ per channel, MinMax. */
const PYTHON = {
  'tile-inspector': { bytes: 156_487, accuracy: 0.95, agreement: 1 },
  resnet8: { bytes: 96_613, accuracy: 0.755, agreement: 0.964 },
};

/** Latencies only mean something against these aims where 8-bit products are fast. */
const hasVnni = /^flags.*\bavx512_vnni\b|^flags.*\bavx_vnni\b/m.test(
  existsSync('/proc/cpuinfo') ? readFileSync('/proc/cpuinfo', 'utf8') : '',
);

/** Alternating blocks of 100 unmeasured and 100 measured runs, 15 rounds, nothing cut short. */
const measure = { rounds: 15, runs: 100, warmupRuns: 100, budgetSeconds: 600, allThreads: false };

/**
 * Compression held against the Python tools on real models and images: bytes, accuracy, agreement, latency within one run,
 * time and memory.
 */
export async function bench(say) {
  if (!existsSync(join(DATA, 'models'))) {
    return { figures: [], notes: ['skipped: the reference models and images are not in ../shared/data'] };
  }
  const out = mkdtempSync(join(tmpdir(), 'hamon-bench-compress-'));
  try {
    const figures = [
      ...(await tileInspector(out, say)),
      ...(await resnet8(out, say)),
      ...(await autoencoder(out, say)),
      ...(await otherTasks(DATA, out, (options) => timed(out, say, options), latencyAim)),
    ];
    return {
      figures,
      notes: [
        'latencies: one thread, batch 1, real images, all variants in one process, blocks of 100 + 100 runs, 15 rounds',
        'aims over the Python tool are over its figures on the machine that they were taken on',
        ...(hasVnni ? [] : ['no VNNI here: latencies are reported only']),
      ],
    };
  } finally {
    rmSync(out, { recursive: true, force: true });
  }
}

async function tileInspector(out, say) {
  const name = 'tile-inspector';
  const kinds = ['fp16', 'int8-static', 'int8-mixed', 'pruned-int8'];
  const images = { calibration: `${DATA}tiles/train`, evaluate: `${DATA}tiles/test` };
  const source = `${DATA}models/tile-inspector-2.0.0`;
  const four = await timed(out, say, { source, ...images, variants: kinds });
  const { variant } = four;
  const pruned = await timed(out, say, { source, ...images, variants: ['pruned'] });
  const [fp32, alone] = [variant('fp32'), pruned.variant('pruned')];
  const folders = [images.calibration, images.evaluate];
  const before = await balancedAccuracy(source, join(pruned.folder, 'model.fp32.onnx'), folders);
  const after = await balancedAccuracy(source, join(pruned.folder, 'model.pruned.onnx'), folders);
  return [
    ...staticFigures(name, four, { bytes: 0.9, accuracy: 0.94, agreement: 0.985, latency: 0.82 }),
    ...halfFigures(name, four),
    ...mixedFigures(name, four),
    {
      what: `${name} pruned: multiply-accumulates gone`,
      value: 1 - alone.macs / pruned.variant('fp32').macs,
      unit: '',
      aim: { atLeast: 0.3 },
    },
    points(`${name} pruned: accuracy lost`, fp32.evaluation.accuracy - alone.evaluation.accuracy, 1.5),
    points(`${name} pruned: balanced accuracy lost, train and test`, before - after, 1.5),
    {
      what: `${name} pruned: p50 over fp32`,
      value: alone.latency.oneThread.ratio,
      unit: '',
      aim: latencyAim(0.999),
    },
    points(
      `${name} pruned-int8: accuracy lost`,
      fp32.evaluation.accuracy - variant('pruned-int8').evaluation.accuracy,
      2,
    ),
    seconds(`${name} to four variants`, four, 120),
    memory(name, four),
  ];
}

async function resnet8(out, say) {
  const name = 'resnet8';
  const run = await timed(out, say, {
    source: `${DATA}models/resnet8-cifar10-1.0.0`,
    calibration: `${DATA}cifar10/calibration`,
    evaluate: `${DATA}cifar10/eval`,
    variants: ['int8-static', 'fp16'],
  });
  const alone = await timed(out, say, {
    source: `${DATA}models/resnet8-cifar10-1.0.0`,
    calibration: `${DATA}cifar10/calibration`,
    evaluate: `${DATA}cifar10/eval`,
    variants: ['int8-static'],
  });
  return [
    ...staticFigures(name, run, { bytes: 0.95, accuracy: 0.75, agreement: 0.955, latency: 0.72 }),
    ...halfFigures(name, run),
    seconds(`${name} to int8`, alone, 15),
    memory(name, run),
  ];
}

async function autoencoder(out, say) {
  const name = 'autoencoder';
  const run = await timed(out, say, {
    source: `${DATA}models/onnx/autoencoder-toycar.onnx`,
    variants: ['int8-weights', 'int8-dynamic', 'fp16'],
    synthetic: { samples: 256, mean: -30, std: 10 },
  });
  const errors = {};
  for (const { name: kind, file } of run.report.variants)
    errors[kind] = await reconstructionError(join(run.folder, file));
  const figures = ['int8-weights', 'int8-dynamic'].flatMap((kind) => [
    {
      what: `${name} ${kind}: bytes over fp32`,
      value: bytesOver(run, kind),
      unit: '',
      aim: { atMost: 0.28 },
    },
    {
      what: `${name} ${kind}: change of the reconstruction error`,
      value: Math.abs(errors[kind] / errors.fp32 - 1),
      unit: '',
      aim: { atMost: 0.01 },
    },
    { what: `${name} ${kind}: p50 over fp32`, value: run.variant(kind).latency.oneThread.ratio, unit: '' },
  ]);
  return [
    ...figures,
    { what: `${name} fp16: bytes over fp32`, value: bytesOver(run, 'fp16'), unit: '', aim: { atMost: 0.52 } },
    seconds(name, run),
  ];
}

function staticFigures(name, run, aims) {
  const { evaluation, latency, bytes } = run.variant('int8-static');
  const python = PYTHON[name];
  return [
    {
      what: `${name} int8-static: bytes over Python's`,
      value: bytes / python.bytes,
      unit: '',
      aim: { atMost: aims.bytes },
    },
    {
      what: `${name} int8-static: accuracy (Python's ${python.accuracy})`,
      value: evaluation.accuracy,
      unit: '',
      aim: { atLeast: aims.accuracy },
    },
    {
      what: `${name} int8-static: agreement (Python's ${python.agreement})`,
      value: evaluation.agreement,
      unit: '',
      aim: { atLeast: aims.agreement },
    },
    {
      what: `${name} int8-static: p50 over fp32`,
      value: latency.oneThread.p50Ms / run.variant('fp32').latency.oneThread.p50Ms,
      unit: '',
      aim: latencyAim(aims.latency),
    },
  ];
}

const halfFigures = (name, run) => [
  { what: `${name} fp16: bytes over fp32`, value: bytesOver(run, 'fp16'), unit: '', aim: { atMost: 0.52 } },
  {
    what: `${name} fp16: agreement`,
    value: run.variant('fp16').evaluation.agreement,
    unit: '',
    aim: { atLeast: 0.995 },
  },
];

const mixedFigures = (name, run) => [
  { what: `${name} int8-mixed: accuracy`, value: run.variant('int8-mixed').evaluation.accuracy, unit: '' },
  {
    what: `${name} int8-mixed: p50 over fp32`,
    value: run.variant('int8-mixed').latency.oneThread.ratio,
    unit: '',
  },
];

const bytesOver = (run, kind) => run.variant(kind).bytes / run.variant('fp32').bytes;
const latencyAim = (atMost) => (hasVnni ? { atMost } : undefined);
const points = (what, lost, atMost) => ({ what, value: 100 * lost, unit: 'points', aim: { atMost } });
const seconds = (what, { report }, atMost) => ({
  what: `${what}: time`,
  value: report.seconds,
  unit: 's',
  ...(atMost === undefined ? {} : { aim: { atMost } }),
});
const memory = (name, { peakMb }) => ({
  what: `${name}: peak memory of all processes`,
  value: peakMb,
  unit: 'MB',
  aim: { atMost: 600 },
});

/** Mean recall of the classes over the images of several folders together. */
async function balancedAccuracy(bundleDir, file, folders) {
  const { input, output } = JSON.parse(readFileSync(join(bundleDir, 'bundle.json'), 'utf8'));
  const [right, all] = [output.labels.map(() => 0), output.labels.map(() => 0)];
  const session = await TensorSession.open(file);
  try {
    for (const folder of folders) {
      const images = await openLabelledImages(folder, input, { labels: output.labels });
      (await outputsOf(session, images)).forEach((scores, i) => {
        const label = images.labelOf(i);
        all[label] += 1;
        if (scores.indexOf(Math.max(...scores)) === label) right[label] += 1;
      });
    }
  } finally {
    await session.close();
  }
  return right.reduce((sum, count, label) => sum + count / all[label], 0) / right.length;
}

/** One compression, with the highest sum of the resident memory of this process and its children. */
async function timed(out, say, { source, calibration, evaluate, variants, synthetic }) {
  const folder = join(out, `run-${readdirSync(out).length}`);
  const recipe = { variants, measure, ...(synthetic === undefined ? {} : { synthetic }) };
  let peakMb = 0;
  const watch = setInterval(() => (peakMb = Math.max(peakMb, familyRssMb(process.pid))), 100);
  let last = '';
  try {
    const report = await compress({ source, out: folder, recipe, calibration, evaluate }, ({ text }) => {
      if (text !== last) say(text);
      last = text;
    });
    const variant = (kind) => report.variants.find(({ name }) => name === kind);
    return { report, folder, variant, peakMb };
  } finally {
    clearInterval(watch);
  }
}

/** Resident memory of a process and all below it; 0 where there is no /proc. */
function familyRssMb(pid) {
  try {
    const pages = Number(readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ')[1]);
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean);
    return (pages * 4096) / MIB + children.reduce((sum, child) => sum + familyRssMb(child), 0);
  } catch {
    return 0;
  }
}

/** Mean squared difference of the model's output to its input, on 256 seeded vectors N(−30, 10). */
async function reconstructionError(file) {
  const random = seededRandom(1);
  const vectors = Array.from({ length: 256 }, () =>
    Float32Array.from({ length: 640 }, () => -30 + 10 * random.normal()),
  );
  const session = await TensorSession.open(file);
  try {
    const source = samplesOf(session.inputs[0].name, [1, 640], vectors);
    let sum = 0;
    for (const vector of vectors) {
      const outputs = await session.run({ [source.input]: { dims: [1, 640], data: vector } });
      const { data } = outputs[session.outputs[0].name];
      sum += data.reduce((total, value, i) => total + (value - vector[i]) ** 2, 0);
    }
    return sum / (256 * 640);
  } finally {
    await session.close();
  }
}
