import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DeviceEndings } from '../fleet/device-endings.js';
import { IngestBell } from '../telemetry/ingest-bell.js';

/** Rollouts look again when a device's hardware is gone: nobody has to wait for it any more. */
@Injectable()
export class RolloutEndings implements OnModuleInit {
  constructor(
    private readonly endings: DeviceEndings,
    private readonly bell: IngestBell,
  ) {}

  onModuleInit(): void {
    this.endings.onEnded((device) => this.bell.ring([device]));
  }
}
