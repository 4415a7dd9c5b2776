import { Injectable } from '@nestjs/common';
import type { DeviceCommand, GeneralJws } from '@hamon/contracts';
import { signCommand } from '@hamon/trust';
import { Clock } from '../platform/clock/clock.js';
import { ManifestKey } from '../platform/keys/manifest-key.js';

/** Signs commands to devices. */
@Injectable()
export class CommandSigner {
  constructor(
    private readonly key: ManifestKey,
    private readonly clock: Clock,
  ) {}

  sign(command: DeviceCommand): Promise<GeneralJws> {
    return signCommand(command, this.key.signing);
  }

  /** Now, or later than the newest command to the device, whichever replica signed that. */
  issueTime(last: Date | null): Date {
    return new Date(Math.max(this.clock.nowMs(), (last?.getTime() ?? 0) + 1));
  }
}
