import type { TruthOf } from '@hamon/contracts';
import { InvalidArgumentError } from 'commander';

export type TrueBox = TruthOf<'detection'>['boxes'][number];

/** `Crack:3,40,22,9`, added to those given before; a label may hold anything but what parts it from the figures. */
export function boxFlag(text: string, before: readonly TrueBox[] = []): TrueBox[] {
  const at = text.lastIndexOf(':');
  const figures = text
    .slice(at + 1)
    .split(',')
    .map((part) => (part.trim() === '' ? NaN : Number(part)));
  const [x = NaN, y = NaN, width = NaN, height = NaN] = figures;
  if (at < 1 || figures.length !== 4 || !figures.every(Number.isFinite) || width <= 0 || height <= 0) {
    throw new InvalidArgumentError('Write a box as LABEL:X,Y,WIDTH,HEIGHT, for example Crack:3,40,22,9.');
  }
  return [...before, { label: text.slice(0, at).trim(), box: { x, y, width, height } }];
}

/** `diameter=3.2`, added to those given before. */
export function valueFlag(
  text: string,
  before: Readonly<Record<string, number>> = {},
): Record<string, number> {
  const at = text.lastIndexOf('=');
  const number = text.slice(at + 1).trim() === '' ? NaN : Number(text.slice(at + 1));
  if (at < 1 || !Number.isFinite(number)) {
    throw new InvalidArgumentError('Write a value as NAME=NUMBER, for example diameter=3.2.');
  }
  return { ...before, [text.slice(0, at).trim()]: number };
}
