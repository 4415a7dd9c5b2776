import type { GateCheck } from '@hamon/contracts';

/** One question of a gate. */
export interface Check<Input, Name extends GateCheck['name'] = GateCheck['name']> {
  readonly name: Name;
  /** The answer with its evidence; `undefined` where the question does not arise. */
  readonly judge: (input: Input) => GateCheck | undefined;
  /** What an inconclusive answer waits for, where that is not more frames or reports. */
  readonly lacks?: (answer: GateCheck) => Lack | undefined;
}

/** Devices that have to come back, or a person who has to answer: no frame helps. */
export type Lack = 'devices' | 'person';
