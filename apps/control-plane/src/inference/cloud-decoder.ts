import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import type { BundleInput } from '@hamon/contracts';
import { checkStatedSize, DecoderProcesses, type DecodedImage } from '@hamon/inference';
import { Config } from '../platform/config/config.js';
import { ControlPlaneError } from '../platform/errors.js';
import { FairTurns } from '../platform/fair-turns.js';

/** Each is a process of its own with a memory limit. */
const AT_ONCE = 2;
const MAX_MEMORY_MB = 512;
const DEADLINE_MS = 10_000;
const IDLE_MS = 60_000;
const MAX_WAITING = 64;

/** Who sent an image; `caller` is unique within its fleet. */
export interface Sender {
  readonly fleet: string;
  readonly caller: string;
}

/** Decodes devices' images in other processes: a few at once, one for each sender, fleets in turn. */
@Injectable()
export class CloudDecoder implements OnModuleDestroy {
  private readonly processes: DecoderProcesses;
  private readonly maxPixels: number;
  private readonly turns = new FairTurns({
    ...{ atOnce: AT_ONCE, atOnceEach: 1 },
    ...{ waiting: MAX_WAITING, waitingEach: 1 },
  });

  constructor(config: Config) {
    this.maxPixels = config.cloudImageMegapixels * 1e6;
    this.processes = new DecoderProcesses({
      ...{ maxPixels: this.maxPixels, deadlineMs: DEADLINE_MS },
      ...{ maxMemoryMb: MAX_MEMORY_MB, idleMs: IDLE_MS },
    });
  }

  async onModuleDestroy(): Promise<void> {
    await this.processes.stop();
  }

  /** @throws ControlPlaneError `overloaded`; InferenceError `image-invalid`, `worker-crashed`, `stopped` */
  async decode({ fleet, caller }: Sender, image: Uint8Array, input: BundleInput): Promise<DecodedImage> {
    // Too large is refused first, however many wait.
    checkStatedSize(image, this.maxPixels);
    const turn = this.turns.take(fleet, `${fleet}/${caller}`);
    if (!turn) {
      throw new ControlPlaneError('overloaded', 'Too many images wait to be decoded.', {
        retryAfterSeconds: 1,
      });
    }
    const end = await turn;
    try {
      return await this.processes.decode(image, input);
    } finally {
      end();
    }
  }
}
