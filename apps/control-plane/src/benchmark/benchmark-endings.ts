import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DeviceEndings } from '../fleet/device-endings.js';
import { ChunkPublisher } from '../messaging/chunk-publisher.js';
import { BenchmarkStore } from './benchmark.store.js';

/** Nobody measures any more on hardware that is gone, and there is nobody to tell it to. */
@Injectable()
export class BenchmarkEndings implements OnModuleInit {
  constructor(
    private readonly endings: DeviceEndings,
    private readonly store: BenchmarkStore,
    private readonly chunks: ChunkPublisher,
  ) {}

  onModuleInit(): void {
    this.endings.onEnding((manager, { device }) => this.store.endOf(manager, device));
    this.endings.onEnded(() => this.chunks.kick());
  }
}
