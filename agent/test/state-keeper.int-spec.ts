import { existsSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { benchmarkFile } from '../src/adapters/benchmark-file.js';
import { StateStore } from '../src/adapters/state-store.js';
import { EMPTY_RECORD, type BenchmarkRecord } from '../src/core/benchmark-record.js';
import { EMPTY_STATE, type DeviceState } from '../src/core/device-state.js';
import { StateKeeper } from '../src/state-keeper.js';
import { FullDisk } from './support/full-disk.js';
import { deviceOf, running } from './support/states.js';
import { temporaryFolder } from './support/test-bundles.js';

const [FIRST, SECOND] = [running('a', 1), running('b', 2, 'a')].map((tiny) => deviceOf({ tiny })) as [
  DeviceState,
  DeviceState,
];

describe('the keeper of a state', () => {
  let folder: { path: string; remove: () => Promise<void> };
  let full: FullDisk;
  let store: StateStore;
  let changes: number;
  let keeper: StateKeeper<DeviceState>;
  beforeEach(async () => {
    folder = await temporaryFolder();
    full = new FullDisk();
    store = new StateStore(folder.path, full.disk);
    changes = 0;
    keeper = new StateKeeper(EMPTY_STATE, store, () => (changes += 1));
  });
  afterEach(() => folder.remove());

  const onDisk = async (): Promise<DeviceState> => (await store.load()).state;
  const fill = (): void => {
    full.isFullFor = () => true;
  };
  const free = (): void => {
    full.isFullFor = () => false;
  };

  it('shows what is on disk', async () => {
    await keeper.update(() => FIRST);
    expect([keeper.state, await onDisk(), changes]).toEqual([FIRST, FIRST, 1]);
  });

  it('changes nothing where the disk is full', async () => {
    await keeper.update(() => FIRST);
    fill();
    await expect(keeper.update(() => SECOND)).rejects.toMatchObject({ code: 'disk-full' });
    expect([keeper.state, await onDisk(), changes]).toEqual([FIRST, FIRST, 1]);
    expect(keeper.isUnsaved).toBe(false);
  });

  it('changes whatever the disk says where it is forced to, and owes it to the disk', async () => {
    await keeper.update(() => FIRST);
    fill();
    await keeper.force(() => SECOND);
    expect([keeper.state, await onDisk(), changes]).toEqual([SECOND, FIRST, 2]);
    expect(keeper.isUnsaved).toBe(true);
    // What changes nothing asks nothing of the disk.
    await keeper.update((state) => state);
    await keeper.catchUp();
    expect(keeper.isUnsaved).toBe(true);
    free();
    await keeper.catchUp();
    expect([await onDisk(), keeper.isUnsaved, changes]).toEqual([SECOND, false, 2]);
  });

  it('writes what it owes with the next change', async () => {
    fill();
    await keeper.force(() => FIRST);
    free();
    await keeper.update((state) => ({ ...state, timeFloor: '2026-03-01T00:00:00.000Z' }));
    expect(await onDisk()).toEqual(keeper.state);
    expect(keeper.state.models).toEqual(FIRST.models);
    expect(keeper.isUnsaved).toBe(false);
  });

  it('makes one change after the other, a failed one among them', async () => {
    const counted = (state: DeviceState): DeviceState => ({ ...state, floor: state.floor + 1 });
    const failing = (): DeviceState => {
      throw new Error('no');
    };
    const outcomes = await Promise.allSettled([
      keeper.update(counted),
      keeper.force(counted),
      keeper.update(failing),
      keeper.update(counted),
    ]);
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected', 'fulfilled']);
    expect((await onDisk()).floor).toBe(3);
  });

  it('tells of a forced change only after the disk was asked', async () => {
    let wasOnDisk = false;
    const telling = new StateKeeper<DeviceState>(EMPTY_STATE, store, () => {
      wasOnDisk = existsSync(join(folder.path, 'state.json'));
    });
    await telling.force(() => FIRST);
    expect(wasOnDisk).toBe(true);
  });

  it('keeps a benchmark’s record alike', async () => {
    const path = join(folder.path, 'benchmark.json');
    const file = benchmarkFile(path);
    const records = new StateKeeper<BenchmarkRecord>(await file.load(), file, () => undefined);
    const told: BenchmarkRecord = { ...EMPTY_RECORD, newest: '2026-03-01T00:00:00.000Z', told: false };
    // No file takes the name of a folder.
    await mkdir(path);
    await expect(records.update(() => told)).rejects.toMatchObject({ code: 'storage-error' });
    await records.force(() => told);
    expect([records.state, records.isUnsaved]).toEqual([told, true]);
    await rm(path, { recursive: true });
    await records.catchUp();
    expect(await file.load()).toEqual(told);
  });
});
