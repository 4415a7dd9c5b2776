import { describe, expect, it } from 'vitest';
import { parseRecipe } from '../../src/recipe/read-recipe.js';

describe('a recipe', () => {
  it('fills in what is left out, the same each time', () => {
    const recipe = parseRecipe({ variants: ['int8-static'] });
    expect(recipe).toMatchObject({ schema: 'hamon.recipe/1', seed: 1, otherSizes: 'refuse', compile: false });
    expect(recipe.measure).toMatchObject({ rounds: 15, runs: 100, warmupRuns: 100 });
    expect(parseRecipe(recipe)).toEqual(recipe);
  });

  it.each([
    [{}, /variants/],
    [{ variants: [] }, /variants/],
    [{ variants: ['int9'] }, /variants\.0.*int8-static/],
    [{ variants: ['fp16', 'fp16'] }, /variants: variants must be distinct/],
    [{ variants: ['fp16'], schema: 'hamon.recipe/2' }, /schema/],
    [{ variants: ['fp16'], magic: 1 }, /magic/],
    [{ variants: ['fp16'], static: { calibrator: 'guess' } }, /static\.calibrator/],
    [{ variants: ['fp16'], static: { percentile: 3 } }, /static\.percentile/],
    [{ variants: ['fp16'], constraints: { maxAccuracyDrop: -1 } }, /constraints\.maxAccuracyDrop/],
    [{ variants: ['fp16'], measure: { rounds: 0 } }, /measure\.rounds/],
    [{ variants: ['fp16'], seed: 1.5 }, /seed/],
    ['text', /recipe/],
  ])('refuses %j, naming the key', (value, message) => {
    expect(() => parseRecipe(value)).toThrow(
      expect.objectContaining({
        code: 'option-invalid',
        message: expect.stringMatching(message) as unknown,
      }) as unknown as Error,
    );
  });
});
