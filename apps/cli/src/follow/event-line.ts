import { printable, type HistoryEvent } from '@hamon/contracts';
import type { Output } from '../output.js';
import { clock } from '../views/words.js';

export const eventLine = ({ colours }: Output, { at, text }: Pick<HistoryEvent, 'at' | 'text'>): string =>
  `${colours.dim(clock(at))}  ${printable(text)}`;
