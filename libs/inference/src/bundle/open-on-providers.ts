import { join } from 'node:path';
import { goldenFor, type BundleDocument, type BundleVariant } from '@hamon/contracts';
import type { InferenceHost } from '../host/inference-host.js';
import { MAX_IMAGE_BYTES } from '../image/decode-image.js';
import { InferenceError, type InferenceErrorCode } from '../inference-error.js';
import { readerOf } from './bundle-files.js';
import { openModel, type OpenModelOptions } from './open-model.js';
import { runGolden } from './run-golden.js';

/** An execution provider that a model does not run on, and why. */
export interface ProviderRefusal {
  readonly provider: string;
  readonly detail: string;
}

export interface OpenOnProvidersOptions extends Omit<OpenModelOptions, 'modelPath' | 'executionProvider'> {
  /** The bundle's. */
  readonly folder: string;
  /** In the order in which they are tried, by onnxruntime's names; the CPU's is the last one. */
  readonly executionProviders?: readonly string[];
  /** Told of each that is left out. */
  readonly onRefused?: (refusal: ProviderRefusal) => void;
}

const CPU = 'cpu';
const MOST_CHARACTERS = 300;

/** What says nothing of a provider. */
const NOT_ITS_FAULT: readonly InferenceErrorCode[] = ['stopped', 'memory-budget', 'bundle-invalid'];

/**
 * A model on the first of several execution providers that loads it and answers its golden samples as expected: drivers
 * differ from what a version was validated with, and a wrong answer is worse than a slow one. Each provider is tried in a
 * process of its own, which it may take with it. `host.model.executionProvider` says which it became.
 *
 * @throws InferenceError as `openModel`, of the CPU's provider
 */
export async function openOnProviders(
  document: BundleDocument,
  { name, file }: Pick<BundleVariant, 'name' | 'file'>,
  { folder, executionProviders = [], onRefused, ...options }: OpenOnProvidersOptions,
): Promise<InferenceHost> {
  const modelPath = join(folder, file);
  const all = [...executionProviders, CPU];
  for (const executionProvider of all.slice(0, all.indexOf(CPU))) {
    const refuse = (detail: string): void =>
      onRefused?.({ provider: executionProvider, detail: detail.trim().slice(0, MOST_CHARACTERS) });
    try {
      const host = await openModel(document, { ...options, modelPath, executionProvider });
      const wrong = await goldenFault(host, document, name, folder, options.signal);
      if (wrong === undefined) return host;
      await host.stop();
      refuse(wrong);
    } catch (cause) {
      if (!(cause instanceof InferenceError) || NOT_ITS_FAULT.includes(cause.code)) throw cause;
      refuse(cause.message);
    }
  }
  return openModel(document, { ...options, modelPath });
}

async function goldenFault(
  host: InferenceHost,
  document: BundleDocument,
  variant: string,
  folder: string,
  signal: AbortSignal | undefined,
): Promise<string | undefined> {
  const stop = (): void => void host.stop();
  signal?.addEventListener('abort', stop, { once: true });
  if (signal?.aborted === true) stop();
  try {
    const golden = goldenFor(document, variant);
    const answered = await runGolden(host, document, golden, readerOf(folder, MAX_IMAGE_BYTES));
    return answered.ok ? undefined : answered.error.detail;
  } finally {
    signal?.removeEventListener('abort', stop);
  }
}
