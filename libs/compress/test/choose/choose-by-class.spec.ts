import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { DeviceFacts, VariantFigures } from '@hamon/contracts';
import fc from 'fast-check';
import { chooseByClass } from '../../src/choose/choose-by-class.js';
import type { Breach } from '../../src/choose/constraints.js';
import { describeBreach } from '../../src/choose/describe-breach.js';
import { hardwareClassOf } from '../../src/choose/hardware-class.js';
import { mergeProfiles, type MeasuredFigures } from '../../src/choose/merge-profiles.js';
import type { VariantProfile } from '../../src/choose/variant-profile.js';

const facts = (change: Partial<DeviceFacts> = {}): DeviceFacts => ({
  ...{ arch: 'arm64', platform: 'linux', cores: 4, memoryMb: 4096, node: '20.19.0' },
  ...{ onnxruntime: '1.30.0', accelerators: ['asimddp'], agent: '0.1.0' },
  ...change,
});
const HERE = hardwareClassOf(facts());
const OLD = facts({ cores: 2, accelerators: [] });

const figures = (p50Ms: number, change: Partial<VariantFigures> = {}): VariantFigures => ({
  ...{ bytes: 1000, oneThread: { threads: 1, runs: 100, p50Ms, p95Ms: p50Ms * 2 } },
  ...{ rssMb: 80, loadMs: 10, samples: 200, accuracy: 0.95, agreement: 1 },
  ...change,
});
const measured = (
  variant: string,
  shown: VariantFigures,
  { hardwareClass = HERE, source = 'compression' as MeasuredFigures['source'] } = {},
): MeasuredFigures => ({ variant, hardwareClass, source, figures: shown });
const unlabelled = (p50Ms: number, agreement: number): VariantFigures => {
  const { accuracy: _accuracy, ...rest } = figures(p50Ms, { agreement });
  return rest;
};
const choose = (profiles: readonly MeasuredFigures[], on = facts(), maxAccuracyDrop = 0.01) =>
  chooseByClass([{ device: 'cam', facts: on }], profiles, { maxAccuracyDrop })[0]!.selection;

describe('the choice per hardware class', () => {
  it('leaves out what a device of the class found unfit, whoever measured it, and nowhere else', () => {
    const devices = [
      { device: 'here', facts: facts() },
      { device: 'old', facts: OLD },
    ];
    const profiles = ['compression', 'device'].flatMap((source) =>
      [HERE, hardwareClassOf(OLD)].flatMap((hardwareClass) => [
        measured('fp32', figures(10), { hardwareClass, source: source as MeasuredFigures['source'] }),
        measured('int8', figures(5), { hardwareClass, source: source as MeasuredFigures['source'] }),
      ]),
    );
    const reason = { code: 'golden-mismatch', detail: 'golden/0.png: label' } as const;
    const unfit = [{ variant: 'int8', hardwareClass: HERE, reason }];
    const selections = chooseByClass(devices, profiles, { unfit, maxAccuracyDrop: 0.01 });
    expect(
      Object.fromEntries(selections.map(({ devices: [name], selection }) => [name, selection])),
    ).toMatchObject({
      here: {
        variant: 'fp32',
        rejected: [
          {
            variant: 'int8',
            breaches: [{ constraint: 'fitness', reason: 'golden-mismatch: golden/0.png: label' }],
          },
        ],
      },
      old: { variant: 'int8', rejected: [] },
    });
  });

  it('does not trust an original that is unfit, measured there or not', () => {
    const reason = { code: 'model-unloadable', detail: 'no such operator' } as const;
    const unfit = [{ variant: 'fp32', hardwareClass: HERE, reason }];
    for (const profiles of [[], [measured('fp32', figures(10))]]) {
      const [choice] = chooseByClass([{ device: 'cam', facts: facts() }], profiles, { unfit });
      expect(choice?.selection).toEqual({
        kind: 'none',
        rejected: [
          {
            variant: 'fp32',
            breaches: [{ constraint: 'fitness', reason: 'model-unloadable: no such operator' }],
          },
        ],
      });
      expect(describeBreach(choice?.selection.rejected[0]?.breaches[0] as Breach)).toBe(
        'unfit there: model-unloadable: no such operator',
      );
    }
  });

  it('gives each class its own variant on recorded profiles where int8 wins on one and loses on the other', () => {
    const url = new URL('./recorded-profiles.json', import.meta.url);
    const { profiles } = JSON.parse(readFileSync(url, 'utf8')) as { profiles: VariantProfile[] };
    const recorded = profiles.map(
      ({ variant, hardwareClass, p50Ms, p95Ms, rssMb, bytes, accuracy, agreement }) =>
        measured(
          variant,
          figures(p50Ms, {
            oneThread: { threads: 1, runs: 9, p50Ms, p95Ms },
            rssMb,
            bytes,
            accuracy,
            agreement,
          }),
          { hardwareClass },
        ),
    );
    const vnni = facts({ arch: 'x64', cores: 2, memoryMb: 32_000, accelerators: ['avx512_vnni', 'avx2'] });
    const other = profiles.find(
      ({ hardwareClass }) => hardwareClass !== hardwareClassOf(vnni),
    )!.hardwareClass;
    const renamed = recorded.map((one) =>
      one.hardwareClass === other ? { ...one, hardwareClass: HERE } : one,
    );
    const devices = [
      { device: 'cam-1', facts: vnni },
      { device: 'cam-2', facts: facts() },
      { device: 'cam-3', facts: vnni },
      { device: 'cam-4', facts: OLD },
    ];
    const choices = chooseByClass(devices, renamed, { maxAccuracyDrop: 0.01 });
    expect(choices.map(({ devices: names, selection }) => [names, selection.kind])).toEqual([
      [['cam-4'], 'unmeasured'],
      [['cam-2'], 'chosen'],
      [['cam-1', 'cam-3'], 'chosen'],
    ]);
    expect(choices.map(({ selection }) => selection.kind !== 'none' && selection.variant)).toEqual([
      'fp32',
      'fp16',
      'int8-static',
    ]);
  });

  it('trusts a device of the class more than the compressing machine in latency and memory', () => {
    const compressed = [measured('fp32', figures(1)), measured('int8', figures(0.5))];
    expect(choose(compressed)).toMatchObject({ kind: 'chosen', variant: 'int8' });
    const onDevice = [
      measured('fp32', unlabelled(1, 1), { source: 'device' }),
      measured('int8', unlabelled(1.4, 1), { source: 'device' }),
    ];
    for (const all of [
      [...compressed, ...onDevice],
      [...onDevice, ...compressed],
    ])
      expect(choose(all)).toMatchObject({ variant: 'fp32', profile: { p50Ms: 1 } });
  });

  it('keeps the price in accuracy that labels showed, and adds what it disagrees oftener on the device', () => {
    const compressed = [
      measured('fp32', figures(1)),
      measured('int8', figures(0.5, { agreement: 0.98, accuracy: 0.948 })),
    ];
    const device = (agreement: number) => [
      measured('fp32', unlabelled(1, 1), { source: 'device' }),
      measured('int8', unlabelled(0.4, agreement), { source: 'device' }),
    ];
    const drop = (agreement: number) =>
      mergeProfiles([...compressed, ...device(agreement)]).find(({ variant }) => variant === 'int8');
    expect(drop(1)).toMatchObject({ accuracyDrop: expect.closeTo(0.002), agreement: 0.98, p50Ms: 0.4 });
    expect(drop(0.9)).toMatchObject({ accuracyDrop: expect.closeTo(0.082), agreement: 0.9 });
    expect(choose([...compressed, ...device(1)])).toMatchObject({ variant: 'int8' });
    // 8-bit products that saturate on this CPU: the same file answers otherwise here.
    expect(choose([...compressed, ...device(0.9)])).toMatchObject({ variant: 'fp32' });
  });

  it('takes the price that labels showed on another class, and what it disagrees oftener here', () => {
    const there = { hardwareClass: 'x64-2c' };
    const labelled = [
      measured('fp32', figures(1), there),
      measured('int8', figures(0.5, { accuracy: 0.945, agreement: 0.97 }), there),
    ];
    const here = (agreement: number) => [
      measured('fp32', unlabelled(1, 1), { source: 'device' }),
      measured('int8', unlabelled(0.5, agreement), { source: 'device' }),
    ];
    expect(choose([...labelled, ...here(0.97)])).toMatchObject({
      variant: 'int8',
      accuracyDrop: expect.closeTo(0.005),
    });
    expect(choose([...labelled, ...here(0.9)])).toMatchObject({ variant: 'fp32' });
  });

  it('never compares accuracies on other samples', () => {
    const profiles = [
      measured('fp32', figures(1, { accuracy: 0.99 })),
      measured('int8', unlabelled(0.5, 1)),
      measured('int8', figures(0.5, { accuracy: 0.9 }), { source: 'device' }),
      measured('fp32', figures(1, { accuracy: 0.9 }), { source: 'device' }),
    ];
    expect(choose(profiles)).toMatchObject({ variant: 'int8', accuracyDrop: 0 });
  });

  it('takes the more accurate, then the smaller of what is equally fast', () => {
    const tie = (change: Partial<VariantFigures>) =>
      choose([
        measured('fp32', figures(2)),
        measured('a', figures(1, { accuracy: 0.945 })),
        measured('b', figures(1.01, change)),
      ]);
    expect(tie({ accuracy: 0.946 })).toMatchObject({ variant: 'b' });
    expect(tie({ accuracy: 0.945, bytes: 999 })).toMatchObject({ variant: 'b' });
    expect(tie({ accuracy: 0.945 })).toMatchObject({ variant: 'a' });
  });

  it('puts the original where nothing was measured, and nothing that was only measured elsewhere', () => {
    const elsewhere = { hardwareClass: 'x64-2c' };
    const profiles = [measured('fp32', figures(1), elsewhere), measured('int8', figures(0.1), elsewhere)];
    expect(choose(profiles)).toEqual({ kind: 'unmeasured', variant: 'fp32', rejected: [] });
  });

  it('says in words what is broken', () => {
    const selection = chooseByClass(
      [{ device: 'cam', facts: facts() }],
      [measured('fp32', figures(40)), measured('int8', figures(1, { accuracy: 0.9 }))],
      { maxAccuracyDrop: 0.01, maxP95Ms: 50 },
    )[0]!.selection;
    expect(selection.kind).toBe('none');
    expect(
      selection.rejected.map(({ variant, breaches }) => [variant, breaches.map(describeBreach)]),
    ).toEqual([
      ['fp32', ['p95 80.0 ms is above 50.0 ms']],
      ['int8', ['accuracy given up 5.0 % is above 1.0 %']],
    ]);
    expect(describeBreach({ constraint: 'maxAccuracyDrop', limit: 0.01 })).toBe(
      'nothing shows that accuracy given up stays within 1.0 %',
    );
  });
});

describe('whatever was measured', () => {
  const anyMeasured = fc.record({
    variant: fc.constantFrom('fp32', 'int8', 'fp16'),
    hardwareClass: fc.constantFrom(HERE, hardwareClassOf(OLD), 'x64'),
    source: fc.constantFrom('compression' as const, 'device' as const),
    figures: fc
      .tuple(
        fc.double({ min: 0.1, max: 9, noNaN: true }),
        fc.double({ min: 0.5, max: 1, noNaN: true }),
        fc.double({ min: 0.5, max: 1, noNaN: true }),
        fc.boolean(),
      )
      .map(([p50Ms, accuracy, agreement, isLabelled]) =>
        isLabelled ? figures(p50Ms, { accuracy, agreement }) : unlabelled(p50Ms, agreement),
      ),
  });
  const all = fc.uniqueArray(anyMeasured, {
    selector: ({ variant, hardwareClass, source }) => `${variant} ${hardwareClass} ${source}`,
    maxLength: 18,
  });
  const devices = [facts(), OLD, facts()].map((of, i) => ({ device: `cam-${i}`, facts: of }));

  it('serves every device once, with a variant that was measured on its class, or the original', () => {
    fc.assert(
      fc.property(all, (profiles) => {
        const choices = chooseByClass(devices, profiles, { maxAccuracyDrop: 0.02 });
        expect(choices.flatMap(({ devices: names }) => names).sort()).toEqual(['cam-0', 'cam-1', 'cam-2']);
        for (const { hardwareClass, selection } of choices) {
          if (selection.kind === 'unmeasured') expect(selection.variant).toBe('fp32');
          if (selection.kind !== 'chosen') continue;
          expect(
            profiles.some((one) => one.variant === selection.variant && one.hardwareClass === hardwareClass),
          ).toBe(true);
        }
      }),
    );
  });

  it('does not hang on the order of measurements', () => {
    fc.assert(
      fc.property(all, (profiles) => {
        const request = { maxAccuracyDrop: 0.02 };
        expect(chooseByClass(devices, [...profiles].reverse(), request)).toEqual(
          chooseByClass(devices, profiles, request),
        );
      }),
    );
  });
});
