import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import type { InferenceResult } from '@hamon/contracts';
import { Counter } from 'prom-client';
import { Config } from '../platform/config/config.js';
import { ControlPlaneError } from '../platform/errors.js';
import { Log } from '../platform/log.js';
import { Metrics } from '../platform/metrics/metrics.js';
import { startPeriodic, type Periodic } from '../platform/periodic.js';
import { CloudModel, type CloudFrame, type CloudModelSource } from './cloud-model.js';
import { CloudModelStore } from './cloud-model.store.js';

/** Bodies of up to 16 MB wait in memory while they are answered. */
const MAX_IN_FLIGHT = 16;
/** Loaded at once; each is a process of its own. */
const MAX_MODELS = 8;

/** Answers frames that devices cannot answer well themselves. */
@Injectable()
export class CloudInferenceService implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly models = new Map<string, CloudModel>();
  private readonly leaving = new Set<Promise<void>>();
  private readonly answers: Counter<'result'>;
  private inFlight = 0;
  private periodic: Periodic | undefined;

  constructor(
    private readonly store: CloudModelStore,
    private readonly config: Config,
    private readonly log: Log,
    metrics: Metrics,
  ) {
    this.answers = new Counter({
      name: 'hamon_cloud_inferences_total',
      help: 'Frames that the cloud was asked for, by result.',
      labelNames: ['result'],
      registers: [metrics.registry],
    });
  }

  onApplicationBootstrap(): void {
    const unload = (): Promise<void> => this.unloadIdle();
    this.periodic = startPeriodic('unloading idle cloud models', 5000, unload, this.log);
  }

  async onModuleDestroy(): Promise<void> {
    await this.periodic?.stop();
    for (const model of this.models.values()) this.retire(model);
    await Promise.all(this.leaving);
  }

  /** @param read called once there is room for the body */
  async infer(fleet: string, model: string, read: () => Promise<CloudFrame>): Promise<InferenceResult> {
    if (this.inFlight >= MAX_IN_FLIGHT) {
      this.answers.inc({ result: 'overloaded' });
      throw new ControlPlaneError('overloaded', 'Too many frames are being answered.', {
        retryAfterSeconds: 1,
      });
    }
    this.inFlight += 1;
    try {
      const source = await this.store.get(fleet, model);
      const frame = await read();
      const start = performance.now();
      const output = await this.modelFor(source).answer(frame);
      this.answers.inc({ result: 'ok' });
      return {
        schema: 'hamon.result/1',
        ...{ model, version: source.version, variant: source.variant },
        source: 'cloud',
        latencyMs: performance.now() - start,
        output,
      };
    } catch (error) {
      this.answers.inc({ result: error instanceof ControlPlaneError ? error.code : 'internal' });
      throw error;
    } finally {
      this.inFlight -= 1;
    }
  }

  private modelFor(source: CloudModelSource): CloudModel {
    const known = this.models.get(source.key);
    if (known?.source.modelPath === source.modelPath && known.source.version === source.version) return known;
    if (known) this.retire(known);
    this.makeRoom();
    const model = new CloudModel(source, this.log);
    this.models.set(source.key, model);
    return model;
  }

  private makeRoom(): void {
    while (this.models.size >= MAX_MODELS) {
      const oldest = [...this.models.values()].reduce((a, b) => (a.lastUsed <= b.lastUsed ? a : b));
      this.retire(oldest);
    }
  }

  private async unloadIdle(): Promise<void> {
    const before = Date.now() - this.config.cloudIdleSeconds * 1000;
    for (const model of [...this.models.values()]) if (model.lastUsed < before) this.retire(model);
    await Promise.all(this.leaving);
  }

  private retire(model: CloudModel): void {
    if (this.models.get(model.source.key) === model) this.models.delete(model.source.key);
    const gone = model
      .stop()
      .catch((cause: unknown) => this.log.error('a cloud model could not be unloaded', cause))
      .finally(() => this.leaving.delete(gone));
    this.leaving.add(gone);
  }
}
