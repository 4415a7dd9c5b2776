import { describe, expect, it } from 'vitest';
import { TaskComparison } from '@hamon/contracts';
import {
  emptyEvidence,
  mergeEvidence,
  orientWindow,
  OTHER_CLASSES,
  pooledEvidence,
  type EvidenceContribution,
} from '../src/index.js';
import { CLASS, labelled, ORIENTATION as orient, windowOf } from './fixtures.js';

const ORIGIN = { variant: 'fp32', hardwareClass: CLASS };

describe('orienting a window', () => {
  it('takes the shadow for the candidate before activation', () => {
    const more = orientWindow(windowOf('shadows'), orient);
    expect(more).toMatchObject({
      candidate: { frames: 92, failures: 2, answering: { count: 0 }, shadowing: { count: 90 } },
      control: { frames: 100, failures: 0, answering: { count: 100 } },
      freshFrames: 0,
      compared: {
        frames: 90,
        table: {
          cells: [
            [0, 0, 55],
            [0, 1, 5],
            [1, 1, 30],
          ],
        },
      },
    });
  });

  it('takes the answering version for the candidate after activation, and turns the table round', () => {
    const more = orientWindow(windowOf('answers'), orient);
    expect(more).toMatchObject({
      candidate: { frames: 100, failures: 0, answering: { count: 100 }, shadowing: { count: 0 } },
      control: { frames: 92, failures: 2, shadowing: { count: 90 } },
      freshFrames: 100,
      compared: {
        frames: 90,
        table: {
          cells: [
            [0, 0, 55],
            [1, 0, 5],
            [1, 1, 30],
          ],
        },
      },
    });
    expect(more?.freshCompared).toEqual(more?.compared);
    const earlier = orientWindow(windowOf('answers'), { ...orient, fresh: false });
    expect(earlier).toMatchObject({ freshFrames: 0, freshCompared: null });
    expect(earlier?.compared).toEqual(more?.compared);
  });

  it('takes a window of another version alone for control evidence', () => {
    const more = orientWindow(windowOf('absent'), orient);
    expect(more).toMatchObject({ candidate: { frames: 0 }, control: { frames: 100 }, compared: null });
  });

  it('leaves out a shadow that is neither of the two', () => {
    const window = windowOf('shadows');
    const stranger = { ...window.shadow!.version, bundle: 'e'.repeat(64) };
    const more = orientWindow({ ...window, shadow: { ...window.shadow!, version: stranger } }, orient);
    expect(more).toMatchObject({ candidate: { frames: 0 }, compared: null, unpairedFrames: 0 });
  });

  it('leaves out windows of other models of the device, and shadows of other models', () => {
    const { answering, shadow, ...window } = windowOf('answers');
    const other = { ...answering, model: 'surface-defects' };
    expect(orientWindow({ ...window, answering: other }, orient)).toBeUndefined();
    expect(orientWindow({ ...windowOf('absent'), answering: other }, orient)).toBeUndefined();
    const foreign = { ...shadow!, version: { ...shadow!.version, model: 'surface-defects' } };
    expect(orientWindow({ ...window, answering, shadow: foreign }, orient)).toMatchObject({
      candidate: { frames: 100 },
      control: { frames: 0 },
      ...{ compared: null, unpairedFrames: 0 },
    });
  });

  it('leaves out windows of an earlier deployment of the same bundle', () => {
    for (const window of [windowOf('answers'), windowOf('shadows')]) {
      expect(orientWindow(window, { ...orient, minSequence: 3 })).toBeUndefined();
      expect(orientWindow(window, { ...orient, minSequence: 2 })).toBeDefined();
    }
  });

  it('counts frames that the cloud rescued as failures of the version', () => {
    const rescued = { 'worker-down': 7, 'edge-error': 4, 'too-slow': 1, 'low-confidence': 30 };
    const more = orientWindow(windowOf('answers', { inferences: 80, errors: 5, fallbacks: rescued }), orient);
    expect(more?.candidate).toMatchObject({ frames: 92, failures: 12 });
    expect(more).toMatchObject({ freshFrames: 92, freshFailures: 12 });
    const stuck = orientWindow(windowOf('answers', { inferences: 0, fallbacks: { 'too-slow': 9 } }), orient);
    expect(stuck?.candidate).toMatchObject({ frames: 9, failures: 9 });
  });

  it('does not blame a version for frames while it was stopped on purpose', () => {
    const fallbacks = { 'worker-down': 12, 'low-confidence': 3 };
    const window = windowOf('absent', { fallbacks, unloaded: { rescued: 10, unanswered: 70 } });
    expect(orientWindow(window, orient)?.control).toMatchObject({ frames: 102, failures: 2 });
  });

  it('counts frames that were refused at the door apart, with whoever answered', () => {
    const rejected = { undecodable: 20, mismatched: 5 };
    expect(orientWindow(windowOf('answers', { rejected }), orient)).toMatchObject({
      candidate: { frames: 100, failures: 0, arrivals: { frames: 125, undecodable: 20, mismatched: 5 } },
      freshFrames: 100,
    });
    const before = orientWindow(windowOf('shadows', { rejected }), orient);
    expect(before).toMatchObject({ control: { frames: 100, arrivals: { frames: 125 } } });
    expect(before?.candidate.arrivals).toBeUndefined();
  });

  it('says how many frames could not be compared', () => {
    const window = windowOf('answers');
    const { comparison: _, ...shadow } = window.shadow!;
    expect(orientWindow({ ...window, shadow }, orient)).toMatchObject({ unpairedFrames: 90 });
  });
});

describe('merging evidence', () => {
  it('adds everything up, in any order, and survives JSON', () => {
    const windows = [windowOf('shadows'), windowOf('answers'), windowOf('absent'), windowOf('answers')];
    const merge = (order: typeof windows) =>
      order.reduce(
        (sum, window) => mergeEvidence(sum, ORIGIN, orientWindow(window, orient)!),
        emptyEvidence(2),
      );
    const evidence = merge(windows);
    const [group] = evidence.groups;
    expect(evidence.groups).toHaveLength(1);
    expect(evidence.stage).toBe(2);
    expect(group).toMatchObject({ ...ORIGIN, windows: 4, freshFrames: 200 });
    expect(group!.candidate).toMatchObject({ frames: 292, failures: 2 });
    expect(group!.control).toMatchObject({ frames: 384, failures: 4 });
    expect(group!.compared).toMatchObject({ kind: 'classification/1', frames: 270 });
    const backwards = merge([...windows].reverse()).groups[0];
    const unordered = { compared: 0, freshCompared: 0 };
    expect({ ...backwards, ...unordered }).toEqual({ ...group, ...unordered });
    expect(JSON.parse(JSON.stringify(evidence))).toEqual(evidence);
  });

  it('goes on with what an earlier version stored, which knew of no refused frames', () => {
    const { candidate, control, ...rest } = orientWindow(windowOf('answers'), orient)!;
    const { arrivals, ...older } = candidate;
    const stored = mergeEvidence(emptyEvidence(0), ORIGIN, { ...rest, candidate: older, control });
    const more = orientWindow(windowOf('answers', { rejected: { undecodable: 7, mismatched: 0 } }), orient)!;
    const [group] = mergeEvidence(stored, ORIGIN, more).groups;
    expect(arrivals).toEqual({ frames: 100, undecodable: 0, mismatched: 0 });
    expect(group?.candidate).toMatchObject({
      frames: 200,
      arrivals: { frames: 107, undecodable: 7, mismatched: 0 },
    });
  });

  it('never mixes comparisons of two kinds: the later ones count as unpaired', () => {
    const first = orientWindow(windowOf('answers'), orient)!;
    const values: TaskComparison = { kind: 'regression/1', frames: 70, values: [] };
    const other: EvidenceContribution = { ...first, compared: values, freshCompared: values };
    const merge = (...all: EvidenceContribution[]) =>
      all.reduce((sum, more) => mergeEvidence(sum, ORIGIN, more), emptyEvidence(0)).groups[0];
    expect(merge(first, other, first)).toMatchObject({
      ...{ windows: 3, freshFrames: 300, unpairedFrames: 70 },
      compared: { kind: 'classification/1', frames: 180 },
      freshCompared: { frames: 180 },
    });
    expect(merge(other, first)).toMatchObject({ compared: values, unpairedFrames: 90 });
  });

  it('stays bounded whatever labels a device invents', () => {
    const invented = (i: number): EvidenceContribution => {
      const labels = Array.from({ length: 400 }, (_, j) => `invented ${i} ${j}`);
      const compared = labelled(
        labels,
        labels.map((_, j): [number, number, number] => [j, j, 1]),
      );
      return { ...orientWindow(windowOf('answers'), orient)!, compared, freshCompared: compared };
    };
    const honest = mergeEvidence(emptyEvidence(0), ORIGIN, orientWindow(windowOf('answers'), orient)!);
    const { groups } = [0, 1, 2, 3, 4].reduce((sum, i) => mergeEvidence(sum, ORIGIN, invented(i)), honest);
    const evidence = groups[0]!;
    expect(evidence.windows).toBe(6);
    for (const compared of [evidence.compared, evidence.freshCompared]) {
      // What storing it allows.
      expect(TaskComparison.safeParse(compared).error).toBeUndefined();
      expect(compared?.frames).toBe(90 + 5 * 400);
    }
  });

  it('keeps variants and hardware classes apart, and stays bounded however many classes there are', () => {
    const more = orientWindow(windowOf('answers'), orient)!;
    let evidence = emptyEvidence(0);
    for (let i = 0; i < 200; i += 1) {
      for (const variant of ['fp32', 'int8-static'])
        evidence = mergeEvidence(evidence, { variant, hardwareClass: `class-${i}` }, more);
    }
    expect(evidence.groups.length).toBeLessThan(40);
    for (const variant of ['fp32', 'int8-static']) {
      const own = evidence.groups.filter((group) => group.variant === variant);
      expect(pooledEvidence(own)).toMatchObject({ windows: 200, freshFrames: 20_000 });
      expect(own.map(({ hardwareClass }) => hardwareClass)).toContain(OTHER_CLASSES);
    }
    const after = mergeEvidence(evidence, { variant: 'fp32', hardwareClass: 'class-0' }, more);
    expect(after.groups[0]).toMatchObject({ hardwareClass: 'class-0', windows: 2 });
  });
});
