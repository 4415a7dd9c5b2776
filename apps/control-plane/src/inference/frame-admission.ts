const MIB = 1024 * 1024;

interface Share {
  readonly frames: number;
  readonly bytes: number;
}

/** Frames wait in memory while they are read and answered. No caller and no fleet can take all the room. */
const LIMITS = {
  caller: { frames: 8, bytes: 32 * MIB },
  fleet: { frames: 512, bytes: 128 * MIB },
  all: { frames: 1024, bytes: 256 * MIB },
} as const satisfies Record<string, Share>;

const NONE: Share = { frames: 0, bytes: 0 };

/** Shares the room for frames under way among callers and fleets. */
export class FrameAdmission {
  private readonly taken = new Map<string, Share>();

  /**
   * @param caller unique within its fleet
   * @param bytes the most that the frame can have
   * @returns a function that gives the room back, once; undefined where there is none
   */
  admit(fleet: string, caller: string, bytes: number): (() => void) | undefined {
    const shares = [
      [`caller ${fleet}/${caller}`, LIMITS.caller],
      [`fleet ${fleet}`, LIMITS.fleet],
      ['all', LIMITS.all],
    ] as const;
    const fits = shares.every(([name, limit]) => {
      const taken = this.taken.get(name) ?? NONE;
      return taken.frames < limit.frames && taken.bytes + bytes <= limit.bytes;
    });
    if (!fits) return undefined;
    for (const [name] of shares) this.add(name, 1, bytes);
    return () => {
      for (const [name] of shares) this.add(name, -1, -bytes);
    };
  }

  private add(name: string, frames: number, bytes: number): void {
    const before = this.taken.get(name) ?? NONE;
    const taken = { frames: before.frames + frames, bytes: before.bytes + bytes };
    if (taken.frames === 0) this.taken.delete(name);
    else this.taken.set(name, taken);
  }
}
