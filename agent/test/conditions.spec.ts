import { expect, test } from 'vitest';
import { DeviceCondition } from '@hamon/contracts';
import { Conditions } from '../src/conditions.js';

test('a trouble stands since it began, whatever its figures do, and is news when it begins and ends', () => {
  let ms = 0;
  let changes = 0;
  const conditions = new Conditions(
    () => new Date(ms),
    () => (changes += 1),
  );
  conditions.tell('frames-rejected', { detail: 'a'.repeat(1000), share: 0.1 });
  ms = 60_000;
  conditions.tell('frames-rejected', { detail: 'more', share: 0.2 });
  conditions.tell('clock-off', null);
  const since = '1970-01-01T00:00:00.000Z';
  expect(conditions.list()).toEqual([{ code: 'frames-rejected', since, detail: 'more', share: 0.2 }]);
  expect(changes).toBe(1);
  for (const standing of conditions.list()) expect(DeviceCondition.safeParse(standing).error).toBeUndefined();
  conditions.tell('frames-rejected', null);
  expect(conditions.list()).toEqual([]);
  expect(changes).toBe(2);
});
