import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import type { InferenceResult } from '@hamon/contracts';
import { Counter } from 'prom-client';
import { Config } from '../platform/config/config.js';
import { ControlPlaneError } from '../platform/errors.js';
import { Log } from '../platform/log.js';
import { Metrics } from '../platform/metrics/metrics.js';
import { FairTurns } from '../platform/fair-turns.js';
import { startPeriodic, type Periodic } from '../platform/periodic.js';
import { CloudDecoder, type Sender } from './cloud-decoder.js';
import { CloudModel, type CloudAnswer, type CloudFrame } from './cloud-model.js';
import type { CloudModelSource } from './cloud-model-source.js';
import { CloudModelStore } from './cloud-model.store.js';
import { FrameAdmission } from './frame-admission.js';

export interface CloudRequest {
  readonly fleet: string;
  /** Who asks; unique within the fleet. */
  readonly caller: string;
  readonly model: string;
  /** The most that the frame can have. */
  readonly maxBytes: number;
  /** Called once there is room for the frame. */
  readonly read: () => Promise<CloudFrame>;
}

/** Frames under way, one for each sender; a few more of it wait, as a device does not wait for long. */
const ANSWERING = { atOnce: 64, atOnceEach: 1, waiting: 256, waitingEach: 7 };
/** Models loaded at once; each is a process of its own. */
const MAX_MODELS = 8;

/** Answers frames that devices cannot answer well themselves. */
@Injectable()
export class CloudInferenceService implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly models = new Map<string, CloudModel>();
  private readonly leaving = new Set<Promise<void>>();
  private readonly answers: Counter<'result'>;
  private readonly admission = new FrameAdmission();
  private readonly turns = new FairTurns(ANSWERING);
  private periodic: Periodic | undefined;

  constructor(
    private readonly store: CloudModelStore,
    private readonly decoder: CloudDecoder,
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

  /** A frame that arrives slowly takes only its own sender's room: it gets a turn at answering once it is here. */
  async infer({ fleet, caller, model, maxBytes, read }: CloudRequest): Promise<InferenceResult> {
    const leave = this.admission.admit(fleet, caller, maxBytes);
    try {
      if (!leave) throw overloaded('Too many frames are under way.');
      const source = await this.store.get(fleet, model);
      const frame = await read();
      const start = performance.now();
      const answer = await this.answer({ fleet, caller }, source, frame);
      this.answers.inc({ result: 'ok' });
      return {
        schema: 'hamon.result/2',
        ...{ model, version: source.version, variant: source.variant.name },
        task: source.bundle.task,
        source: 'cloud',
        latencyMs: performance.now() - start,
        ...answer,
      };
    } catch (error) {
      this.answers.inc({ result: error instanceof ControlPlaneError ? error.code : 'internal' });
      throw error;
    } finally {
      leave?.();
    }
  }

  private async answer(sender: Sender, source: CloudModelSource, frame: CloudFrame): Promise<CloudAnswer> {
    const turn = this.turns.take(sender.fleet, `${sender.fleet}/${sender.caller}`);
    if (!turn) throw overloaded('Too many frames wait for an answer.');
    const end = await turn;
    try {
      return await this.modelFor(source).answer(frame, (bytes, input) =>
        this.decoder.decode(sender, bytes, input),
      );
    } finally {
      end();
    }
  }

  private modelFor(source: CloudModelSource): CloudModel {
    const known = this.models.get(source.key);
    if (known?.source.versionId === source.versionId && known.source.variant.name === source.variant.name)
      return known;
    if (known) this.retire(known);
    this.makeRoom();
    const model = new CloudModel(
      source,
      (wanted) => this.store.lend(wanted),
      this.config.validationMemoryMb,
      this.log,
    );
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

const overloaded = (detail: string): ControlPlaneError =>
  new ControlPlaneError('overloaded', detail, { retryAfterSeconds: 1 });
