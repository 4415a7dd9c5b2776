import type { Output } from '../output.js';
import { printable } from '../views/printable.js';
import { clock } from '../views/words.js';
import type { FollowedEvent } from './followed-events.js';

export const eventLine = ({ colours }: Output, { at, text }: FollowedEvent): string =>
  `${colours.dim(clock(at))}  ${printable(text)}`;
