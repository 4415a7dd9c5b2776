import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { median, quantile } from '@hamon/stats';
import { convDetector, convStack } from '../libs/testing/dist/index.js';
import { agentPath, bareSession } from './lib/agent-path.mjs';
import { timed } from './lib/timed.mjs';

const WANTED_MS = 5;
const ROUNDS = 15;
const UNMEASURED = 30;
const MEASURED = 60;

const DETECTOR = { labels: 5, rows: 2100, found: 60 };
const LABELS = ['blowhole', 'break', 'crack', 'fray', 'uneven'];
const CLASSES = { name: 'scores', activation: 'softmax', labels: ['a', 'b', 'c'] };
const BOXES = {
  ...{ format: 'yolo', name: 'boxes', labels: LABELS, scoreActivation: 'none', threshold: 0.25, iou: 0.45 },
  ...{ maxDetections: 100, maxCandidates: 3000 },
};

/**
 * Router, child process, decoding and telemetry against `session.run` in this process: the same model file, one frame in
 * flight, one intra-op thread each, in alternating blocks, so that both sides meet the same machine. Frames are tensors,
 * because decoding images is not part of the path.
 */
export async function bench(say) {
  const folder = await mkdtemp(join(tmpdir(), 'hamon-bench-'));
  try {
    const file = (name) => join(folder, `${name}.onnx`);
    const depth = await depthFor(file('classifier'), WANTED_MS);
    await writeFile(file('detector'), convDetector({ ...DETECTOR, depth }));
    say(`agent-overhead: ${depth} layers, ${ROUNDS} rounds of two blocks a task`);
    const classifier = await compare(file('classifier'), ['classifier', 'classification', CLASSES]);
    const detector = await compare(file('detector'), ['detector', 'detection', BOXES]);
    const beside = await besideAnother(file('classifier'), file('detector'));
    return {
      figures: [
        ...classificationFigures(classifier),
        ...detectionFigures(detector),
        ...besideFigures(beside),
      ],
      notes: [
        `${classifier.frames} frames a side, ${classifier.windows + detector.windows} telemetry windows closed meanwhile`,
        `detector: ${DETECTOR.rows} rows of ${4 + DETECTOR.labels}, ${DETECTOR.found} above the threshold`,
        `beside another: ${beside.frames} frames each, as fast as they are answered; "alone" in blocks between`,
      ],
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** How many layers take about the wanted time on this machine; leaves that model in the file. */
async function depthFor(modelPath, wantedMs) {
  const msOf = async (depth) => {
    await writeFile(modelPath, convStack(depth));
    const { run } = await bareSession(modelPath);
    await timed(20, run);
    return median(await timed(40, run));
  };
  const [few, many] = [await msOf(2), await msOf(6)];
  const depth = Math.max(1, Math.round(2 + ((wantedMs - few) * 4) / (many - few)));
  await writeFile(modelPath, convStack(depth));
  return depth;
}

async function compare(modelPath, [model, task, output]) {
  const bare = await bareSession(modelPath);
  const agent = await agentPath(modelPath, model, task, output);
  const { copy, decode } = await agent.decoder();
  const [bareMs, agentMs, childMs, decodeMs] = [[], [], [], []];
  for (let round = 0; round < ROUNDS; round += 1) {
    await timed(UNMEASURED, bare.run);
    bareMs.push(...(await timed(MEASURED, bare.run)));
    await timed(UNMEASURED, agent.run);
    agentMs.push(...(await timed(MEASURED, agent.run)));
    childMs.push(...(await timed(MEASURED, agent.hostOnly)));
    for (let i = 0; i < MEASURED; i += 1) {
      const tensors = copy();
      decodeMs.push(...(await timed(1, () => decode(tensors))));
    }
  }
  const windows = await agent.stop();
  return {
    ...{ bare: median(bareMs), whole: median(agentMs), child: median(childMs), decode: median(decodeMs) },
    ...{ frames: bareMs.length, windows },
  };
}

const classificationFigures = ({ bare, whole, child }) => [
  { what: 'bare session.run, median', value: bare, unit: 'ms' },
  { what: 'child process alone, median', value: child, unit: 'ms' },
  { what: 'classification, whole path, median', value: whole, unit: 'ms' },
  { what: 'classification, whole path over bare', value: whole / bare, unit: '×', aim: { atMost: 1.1 } },
  { what: 'classification, extra per frame', value: whole - bare, unit: 'ms' },
];

const detectionFigures = ({ bare, whole, decode }) => [
  { what: 'detection, bare session.run, median', value: bare, unit: 'ms' },
  { what: 'detection, decode, median', value: decode, unit: 'ms' },
  { what: 'detection, whole path, median', value: whole, unit: 'ms' },
  {
    ...{ what: 'detection, whole path less decode over bare', value: (whole - decode) / bare, unit: '×' },
    aim: { atMost: 1.15 },
  },
];

/** Two models on two streams of one agent: what one costs the other. */
async function besideAnother(classifierPath, detectorPath) {
  const classifier = await agentPath(classifierPath, 'classifier', 'classification', CLASSES);
  const detector = await agentPath(detectorPath, 'detector', 'detection', BOXES);
  const [alone, beside, other] = [[], [], []];
  for (let round = 0; round < ROUNDS; round += 1) {
    await timed(UNMEASURED, classifier.run);
    alone.push(...(await timed(MEASURED, classifier.run)));
    await timed(UNMEASURED, detector.run);
    const [mine, its] = await Promise.all([timed(MEASURED, classifier.run), timed(MEASURED, detector.run)]);
    beside.push(...mine);
    other.push(...its);
  }
  await classifier.stop();
  await detector.stop();
  return { alone, beside, other, frames: beside.length };
}

function besideFigures({ alone, beside, other }) {
  const [usual, run] = [median(alone), median(other)];
  return [
    { what: 'one of two models, alone, median', value: usual, unit: 'ms' },
    { what: 'beside the other one, median', value: median(beside), unit: 'ms' },
    {
      ...{ what: 'its wait at the 95th percentile, in runs of the other', unit: 'runs' },
      ...{ value: (quantile(beside, 0.95) - quantile(alone, 0.95)) / run, aim: { atMost: 1 } },
    },
  ];
}
