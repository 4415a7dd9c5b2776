import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DeviceLifecycle } from '../fleet/device-lifecycle.js';
import { StoredMessages } from '../messaging/stored-messages.js';
import { WantedBundles } from '../registry/wanted-bundles.js';
import { RolloutStore } from './rollout.store.js';
import { RolloutWaker } from './rollout-waker.js';
import { RolloutWorker } from './rollout-worker.js';

/** What makes rollouts look again, and what they make the registry publish. */
@Injectable()
export class RolloutTriggers implements OnModuleInit {
  constructor(
    private readonly stored: StoredMessages,
    private readonly lifecycle: DeviceLifecycle,
    private readonly wanted: WantedBundles,
    private readonly rollouts: RolloutStore,
    private readonly waker: RolloutWaker,
    private readonly worker: RolloutWorker,
  ) {}

  onModuleInit(): void {
    this.stored.onStored((devices) => this.wake(devices));
    // Nobody has to wait for hardware that is gone.
    this.lifecycle.follow({ ended: (device) => this.wake([device]) });
    this.wanted.add((database) => this.rollouts.wantedBundles(database));
  }

  private wake(devices: readonly string[]): void {
    this.waker.wake(devices, () => this.worker.kick());
  }
}
