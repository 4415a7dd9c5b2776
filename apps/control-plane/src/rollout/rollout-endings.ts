import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DeviceLifecycle } from '../fleet/device-lifecycle.js';
import { StoredMessages } from '../messaging/stored-messages.js';

/** Makes rollouts look again when a device's hardware is gone: they stop waiting for it. */
@Injectable()
export class RolloutEndings implements OnModuleInit {
  constructor(
    private readonly lifecycle: DeviceLifecycle,
    private readonly stored: StoredMessages,
  ) {}

  onModuleInit(): void {
    this.lifecycle.follow({ ended: (device) => this.stored.tell([device]) });
  }
}
