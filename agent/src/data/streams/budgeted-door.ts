import type { FrameTurns } from '../../machine/budget-turns.js';
import type { Admission, FrameDoor } from '../frame-door.js';

/** The door of a stream whose frames come by themselves: the device's budget of processor time lets them in. */
export class BudgetedDoor implements FrameDoor {
  private hasWaited = false;

  constructor(
    private readonly door: FrameDoor,
    private readonly turns: FrameTurns,
  ) {}

  get isWatched(): boolean {
    return this.door.isWatched;
  }

  async enter(signal: AbortSignal): Promise<Admission | null> {
    this.hasWaited = await this.turns.turn(signal);
    return this.door.enter(signal);
  }

  /** Missed while it waited for the budget, where it had to. */
  skip(frames = 1): void {
    this.door.skip(frames, this.hasWaited ? 'cpu-budget' : undefined);
  }

  rejectUnreadable(): void {
    this.door.rejectUnreadable();
  }
}
