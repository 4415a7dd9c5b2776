import { readFile } from 'node:fs/promises';
import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { parseIndex } from '@hamon/content';
import type { InferenceResult } from '@hamon/contracts';
import { classify, decodeImage, InferenceError, type InferenceErrorCode } from '@hamon/inference';
import { Config } from '../platform/config/config.js';
import { ControlPlaneError, type ErrorCode, must } from '../platform/errors.js';
import { Log } from '../platform/log.js';
import { type Periodic, startPeriodic } from '../platform/periodic.js';
import { ArtifactStore } from '../registry/artifact.store.js';
import { type CloudModelChoice, CloudModelStore } from './cloud-model.store.js';
import { LoadedCloudModel } from './loaded-cloud-model.js';

/** What a device or a person sends: an encoded image, or the model's input tensor as little-endian float32. */
export type CloudFrame =
  | { readonly kind: 'image'; readonly bytes: Uint8Array }
  | { readonly kind: 'tensor'; readonly data: Float32Array };

/** Child processes kept; the one unused for longest makes room. */
const MAX_LOADED = 4;
const RUN_DEADLINE_MS = 10_000;
const IDLE_CHECK_MS = 5_000;

const CODES: Partial<Record<InferenceErrorCode, ErrorCode>> = {
  'image-invalid': 'input-refused',
  'input-mismatch': 'input-refused',
  overloaded: 'overloaded',
  'too-slow': 'overloaded',
};

/** The larger model in the cloud that answers where the edge cannot: one child process per version in use. */
@Injectable()
export class CloudInferenceService implements OnApplicationShutdown {
  private readonly loaded = new Map<string, LoadedCloudModel>();
  private readonly idleCheck: Periodic;

  constructor(
    private readonly store: CloudModelStore,
    private readonly artifacts: ArtifactStore,
    private readonly config: Config,
    log: Log,
  ) {
    this.idleCheck = startPeriodic(
      'unloading idle cloud models',
      IDLE_CHECK_MS,
      () => this.unloadIdle(),
      log,
    );
  }

  async infer(fleet: string, model: string, frame: CloudFrame): Promise<InferenceResult> {
    const choice = await this.store.chosen(fleet, model);
    const startedAt = performance.now();
    try {
      const data = frame.kind === 'tensor' ? frame.data : await decodeImage(frame.bytes, choice.bundle.input);
      const loaded = await this.load(choice);
      const { probabilities } = await loaded.run(data, RUN_DEADLINE_MS);
      return {
        schema: 'hamon.result/1',
        model,
        version: choice.version,
        variant: choice.variant,
        source: 'cloud',
        latencyMs: performance.now() - startedAt,
        output: classify(probabilities, choice.bundle.output.labels),
      };
    } catch (cause) {
      if (!(cause instanceof InferenceError)) throw cause;
      const code = CODES[cause.code] ?? 'cloud-model-failed';
      throw new ControlPlaneError(code, `${model}@${choice.version}: ${cause.message}`, {
        cause,
        ...(code === 'input-refused' ? {} : { retryAfterSeconds: 1 }),
      });
    }
  }

  async onApplicationShutdown(): Promise<void> {
    await this.idleCheck.stop();
    await Promise.all([...this.loaded.values()].map((model) => model.stop()));
  }

  private async load(choice: CloudModelChoice): Promise<LoadedCloudModel> {
    const known = this.loaded.get(choice.bundleSha256);
    if (known) return known;
    const path = await this.modelPathOf(choice);
    // Another request may have loaded it while this one read the index.
    const raced = this.loaded.get(choice.bundleSha256);
    if (raced) return raced;
    const model = new LoadedCloudModel(path, choice.bundle);
    this.loaded.set(choice.bundleSha256, model);
    this.makeRoom();
    return model;
  }

  private async modelPathOf({ bundleSha256, bundle, variant }: CloudModelChoice): Promise<string> {
    const index = parseIndex(await readFile(this.artifacts.pathOf(bundleSha256)), bundleSha256);
    const { file } = must(
      bundle.variants.find(({ name }) => name === variant),
      `variant ${variant} in its own bundle`,
    );
    return this.artifacts.pathOf(
      must(
        index.files.find(({ path }) => path === file),
        `${file} in its index`,
      ).sha256,
    );
  }

  private makeRoom(): void {
    const byAge = [...this.loaded].sort(([, a], [, b]) => a.lastUsedAt - b.lastUsedAt);
    for (const [key, model] of byAge.slice(0, Math.max(0, byAge.length - MAX_LOADED)))
      this.unload(key, model);
  }

  private unloadIdle(): Promise<void> {
    const before = Date.now() - this.config.cloudIdleSeconds * 1000;
    for (const [key, model] of this.loaded) if (model.lastUsedAt < before) this.unload(key, model);
    return Promise.resolve();
  }

  private unload(key: string, model: LoadedCloudModel): void {
    this.loaded.delete(key);
    void model.stop();
  }
}
