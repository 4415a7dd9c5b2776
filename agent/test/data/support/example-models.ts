import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { BundleDocument } from '@hamon/contracts';
import { openModel, type InferenceHost } from '@hamon/inference';
import type { ImageFrame } from '../../../src/data/frame.js';
import { loadedModel, type LoadedModel } from '../../../src/data/loaded-model.js';

const bundles = fileURLToPath(new URL('../../../../examples/surface-inspection/bundles/', import.meta.url));

export type ExampleVersion = '1.0.0' | '2.0.0';

export interface StartedModel extends LoadedModel {
  readonly host: InferenceHost;
}

const started: InferenceHost[] = [];

interface StartOptions {
  readonly sequence?: number;
  readonly hangMs?: number;
  /** Another name for the model. */
  readonly name?: string;
}

/** A real child process with one of the example's models. */
export const startModel = (version: ExampleVersion, options: StartOptions = {}): Promise<StartedModel> =>
  startBundle(`${bundles}${version}`, options);

/** A real child process with the model of a bundle's folder. */
export async function startBundle(
  folder: string,
  { sequence = 1, hangMs = 20_000, name }: StartOptions = {},
): Promise<StartedModel> {
  const parsed = BundleDocument.parse(JSON.parse(readFileSync(`${folder}/bundle.json`, 'utf8')));
  const bundle = { ...parsed, model: name ?? parsed.model };
  const host = await openModel(bundle, {
    modelPath: `${folder}/model.fp32.onnx`,
    intraOpNumThreads: 1,
    hangMs,
    loadTimeoutMs: 60_000,
  });
  started.push(host);
  const { model, version } = bundle;
  const digest = (version === '1.0.0' ? '1' : '2').repeat(64);
  return loadedModel(bundle, { model, version, variant: 'fp32', bundle: digest, sequence }, {}, host);
}

export async function stopModels(): Promise<void> {
  for (const host of started.splice(0)) {
    // A test may have left its child stopped.
    if (host.pid !== undefined && host.isAlive) process.kill(host.pid, 'SIGCONT');
    await host.stop();
  }
}

/** One of the eight golden images. */
export const image = (i: number): ImageFrame => ({
  kind: 'image',
  bytes: readFileSync(`${bundles}2.0.0/golden/${i % 8}.png`),
  mediaType: 'image/png',
  name: `${i % 8}.png`,
});
