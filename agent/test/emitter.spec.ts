import { expect, it } from 'vitest';
import { Emitter } from '../src/emitter.js';

it('an emitter tells its listeners in the order in which they came, and keeps nothing for later ones', () => {
  const emitter = new Emitter<[what: string]>();
  const told: string[] = [];
  emitter.emit('early');
  emitter.on((what) => told.push(`first ${what}`));
  emitter.on((what) => told.push(`second ${what}`));
  emitter.emit('news');
  expect(told).toEqual(['first news', 'second news']);
});
