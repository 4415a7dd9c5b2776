import { join } from 'node:path';
import { calibrationTiles, TEST_TILES } from './tile-folders.mjs';

/**
 * The Python tool on the same files and calibration images: bytes of its smallest file that keeps the metric, and latency over
 * fp32. Of the detectors it is the file whose tail was left float by hand.
 */
const PYTHON = {
  'tile-detector-1.0.0': { task: 'detection', bytes: 156_592, latency: 1.39 },
  'tile-detector-2.0.0': { task: 'detection', bytes: 238_396, latency: 0.81 },
  'tile-segmenter-1.0.0': { task: 'segmentation', bytes: 101_428, latency: 1.36 },
  'tile-segmenter-2.0.0': { task: 'segmentation', bytes: 177_301, latency: 0.88 },
  'tile-anomaly-1.0.0': { task: 'anomaly', bytes: 194_357, latency: 0.87 },
  'tile-anomaly-2.0.0': { task: 'anomaly', bytes: 190_597, latency: 0.81 },
  'tile-exposure-1.0.0': { task: 'regression', bytes: 16_956, latency: 2.29 },
  'tile-exposure-2.0.0': { task: 'regression', bytes: 31_413, latency: 1.31 },
};

/**
 * `int8-static` of the other tasks beside the Python tool's.
 * @param compress makes and measures the variants of one model
 * @param latencyAim an aim where 8-bit products are fast
 */
export async function otherTasks(data, out, compress, latencyAim) {
  const calibration = calibrationTiles(data, join(out, 'calibration'));
  const folders = {};
  const figures = [];
  for (const [name, python] of Object.entries(PYTHON)) {
    const { task } = python;
    folders[task] ??= await TEST_TILES[task](data, join(out, `test-${task}`));
    const run = await compress({
      source: join(data, 'models', name),
      calibration,
      evaluate: folders[task],
      variants: ['int8-static'],
    });
    const [float, int8] = ['fp32', 'int8-static'].map((kind) => run.variant(kind));
    const { metric, value } = float.evaluation.quality;
    figures.push(
      {
        what: `${name} int8-static: ${metric} lost (fp32: ${value.toFixed(3)})`,
        value: 100 * (value - int8.evaluation.quality.value),
        unit: 'points',
        aim: { atMost: 1 },
      },
      {
        what: `${name} int8-static: bytes over Python's`,
        value: int8.bytes / python.bytes,
        unit: '',
        aim: { atMost: 1 },
      },
      {
        what: `${name} int8-static: p50 over fp32 (Python's ${python.latency})`,
        value: int8.latency.oneThread.ratio,
        unit: '',
        // Python's figures are good to about a tenth.
        aim: latencyAim(1.05 * python.latency),
      },
    );
  }
  return figures;
}
