export interface CoilEdgesOptions {
  /** The PLC holds its coil until it is answered: a coil that is on when it is first seen asks too. */
  readonly isHeld: boolean;
}

export type CoilChange = 'rises' | 'falls' | 'stays';

/**
 * What a coil that is read again and again asks for. One that is already on when it is first seen, after a start or a lost
 * connection, is old news, unless the PLC waits with it.
 */
export class CoilEdges {
  private last: boolean | undefined;

  constructor(private readonly options: CoilEdgesOptions) {}

  see(isOn: boolean): CoilChange {
    const before = this.last ?? (isOn && !this.options.isHeld);
    this.last = isOn;
    if (isOn === before) return 'stays';
    return isOn ? 'rises' : 'falls';
  }

  /** The connection was lost: what happened meanwhile is unknown. */
  forget(): void {
    this.last = undefined;
  }

  /** It was written back. */
  wasReset(): void {
    this.last = false;
  }
}
