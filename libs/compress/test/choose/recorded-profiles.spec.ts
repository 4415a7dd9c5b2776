import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { selectVariant } from '../../src/choose/select-variant.js';
import type { VariantProfile } from '../../src/choose/variant-profile.js';

const { profiles } = JSON.parse(
  readFileSync(new URL('./recorded-profiles.json', import.meta.url), 'utf8'),
) as { profiles: VariantProfile[] };
const classes = [...new Set(profiles.map(({ hardwareClass }) => hardwareClass))];
const floors = [0, 0.002, 0.005, 0.01, 0.02, 1];

const accuracyOf = (hardwareClass: string, variant: string): number =>
  profiles.find((profile) => profile.hardwareClass === hardwareClass && profile.variant === variant)
    ?.accuracy ?? NaN;

describe('the choice on recorded profiles', () => {
  it('takes int8 where it wins and leaves it where it loses', () => {
    const [vnni, plain] = classes.map((hardwareClass) =>
      selectVariant(profiles, { hardwareClass, maxAccuracyDrop: 0.01 }),
    );
    expect(vnni).toMatchObject({ kind: 'chosen', variant: 'int8-static' });
    expect(plain).toMatchObject({ kind: 'chosen', variant: 'fp16' });
  });

  it.each(classes.flatMap((hardwareClass) => floors.map((floor) => [hardwareClass, floor] as const)))(
    'on %s with a floor of %d: holds it, within 5 %% of the fastest that does',
    (hardwareClass, maxAccuracyDrop) => {
      const selection = selectVariant(profiles, { hardwareClass, maxAccuracyDrop });
      if (selection.kind !== 'chosen') throw new Error('nothing was chosen');
      const lost = (variant: string): number =>
        accuracyOf(hardwareClass, 'fp32') - accuracyOf(hardwareClass, variant);
      const allowed = profiles.filter(
        (profile) =>
          profile.hardwareClass === hardwareClass && lost(profile.variant) <= maxAccuracyDrop + 1e-9,
      );
      expect(lost(selection.variant)).toBeLessThanOrEqual(maxAccuracyDrop + 1e-9);
      const fastest = Math.min(...allowed.map(({ p50Ms }) => p50Ms));
      expect(selection.profile.p50Ms).toBeLessThanOrEqual(fastest * 1.05);
    },
  );
});
