import type { AnswerOf } from '@hamon/contracts';
import type { HeatMap } from '@hamon/tasks';

export type MakeHeatMap = () => HeatMap | null;

/** Beside the answers and not in them: an answer goes to sinks and over networks, its map to whoever looks just now. */
const makers = new WeakMap<AnswerOf, MakeHeatMap>();

/** @param make is called if somebody looks; until it is taken or the answer is gone, it keeps the model's outputs */
export const keepHeatMap = (answer: AnswerOf, make: MakeHeatMap): void => void makers.set(answer, make);

export function takeHeatMap(answer: AnswerOf): MakeHeatMap | undefined {
  const make = makers.get(answer);
  makers.delete(answer);
  return make;
}
