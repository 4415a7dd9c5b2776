import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DeviceLifecycle } from '../fleet/device-lifecycle.js';
import { ChunkPublisher } from '../registry/chunk-publisher.js';
import { BenchmarkStore } from './benchmark.store.js';

/** Ends benchmarks on hardware that is gone; there is nobody to tell it to. */
@Injectable()
export class BenchmarkEndings implements OnModuleInit {
  constructor(
    private readonly lifecycle: DeviceLifecycle,
    private readonly store: BenchmarkStore,
    private readonly chunks: ChunkPublisher,
  ) {}

  onModuleInit(): void {
    this.lifecycle.follow({
      ending: (manager, { device }) => this.store.endOf(manager, device),
      ended: () => this.chunks.kick(),
    });
  }
}
