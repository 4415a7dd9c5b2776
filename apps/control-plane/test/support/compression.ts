import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { hasCompressionEnded, type CompressionSample, type CompressionView } from '@hamon/contracts';
import {
  BUNDLE,
  brightnessModel,
  imageFolder,
  QUICK,
} from '../../../../libs/compress/test/support/small-bundle.js';
import { writeModel } from '@hamon/onnx';
import { eventually } from './eventually.js';
import { pushed, sha256, upload } from './push.js';
import type { Answer, CallablePlane } from './test-control-plane.js';

export const MODEL = BUNDLE.model;

async function put(plane: CallablePlane, bytes: Uint8Array): Promise<{ sha256: string; length: number }> {
  const { status, body } = await upload(plane, bytes);
  if (status >= 300) throw new Error(`upload: ${status} ${JSON.stringify(body)}`);
  return { sha256: sha256(bytes), length: bytes.length };
}

/** A small float classifier as `brightness@1.0.0`, not yet compressed. */
export async function pushFloatVersion(plane: CallablePlane): Promise<void> {
  await pushed(plane, { bundle: BUNDLE, files: { 'model.fp32.onnx': writeModel(brightnessModel()) } });
}

/** Uploads seeded images of all classes. */
export async function uploadSamples(
  plane: CallablePlane,
  perClass = 4,
  seed = 1,
): Promise<CompressionSample[]> {
  const folder = await imageFolder(perClass, { seed });
  const samples: CompressionSample[] = [];
  for (const label of await readdir(folder)) {
    for (const name of await readdir(join(folder, label))) {
      samples.push({
        path: `${label}/${name}`,
        ...(await put(plane, await readFile(join(folder, label, name)))),
      });
    }
  }
  return samples;
}

export const wanted = (
  resultVersion: string,
  more: Record<string, unknown> = {},
): Record<string, unknown> => ({
  model: MODEL,
  sourceVersion: '1.0.0',
  resultVersion,
  recipe: { variants: ['fp16'], ...QUICK },
  ...more,
});

/** A recipe whose latencies take as long as a test wants the job to run. */
export const LONG = {
  variants: ['fp16'],
  measure: { ...QUICK.measure, rounds: 100, runs: 10_000, budgetSeconds: 600 },
};

/** Long enough to be interrupted, and short enough to be waited for. */
export const SOME_SECONDS = { ...LONG, measure: { ...LONG.measure, rounds: 15 } };

export async function started(
  plane: CallablePlane,
  resultVersion: string,
  more: Record<string, unknown> = {},
): Promise<CompressionView> {
  const answer = await plane.call<CompressionView>('POST', '/v1/compressions', wanted(resultVersion, more));
  if (answer.status !== 201) throw new Error(`start: ${JSON.stringify(answer.body)}`);
  return answer.body;
}

export const shown = async (plane: CallablePlane, id: string): Promise<CompressionView> =>
  ((await plane.call('GET', `/v1/compressions/${id}`)) as Answer<CompressionView>).body;

export const ended = (plane: CallablePlane, id: string): Promise<CompressionView> =>
  eventually(
    `compression ${id} to end`,
    async () => {
      const view = await shown(plane, id);
      return hasCompressionEnded(view.state) && view;
    },
    { ms: 280_000 },
  );

/** Until a condition on the running job holds. */
export const seen = (
  plane: CallablePlane,
  id: string,
  what: string,
  holds: (view: CompressionView) => boolean,
): Promise<CompressionView> =>
  eventually(`compression ${id}: ${what}`, async () => {
    const view = await shown(plane, id);
    if (hasCompressionEnded(view.state) && !holds(view)) throw new Error(JSON.stringify(view));
    return holds(view) && view;
  });
