import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { nodeDisk } from '@hamon/content';
import { StateStore } from '../../src/adapters/state-store.js';
import { FullDisk } from '../support/full-disk.js';
import { deviceOf, running } from '../support/states.js';
import { temporaryFolder } from '../support/test-bundles.js';

const [FIRST, SECOND, THIRD] = [
  deviceOf({ tiny: running('a', 1) }),
  deviceOf({ tiny: running('b', 2, 'a'), other: running('d', 1) }),
  deviceOf({ tiny: running('c', 3, 'b') }),
];

describe('the state store', () => {
  let folder: { path: string; remove: () => Promise<void> };
  beforeEach(async () => {
    folder = await temporaryFolder();
  });
  afterEach(() => folder.remove());

  const open = (disk = nodeDisk): StateStore => new StateStore(folder.path, disk);
  const at = (name: string): string => join(folder.path, name);

  it('gives back what was saved last', async () => {
    expect(await open().load()).toMatchObject({ from: 'none' });
    await open().save(FIRST);
    await open().save(SECOND);
    expect(await open().load()).toEqual({ from: 'newest', state: SECOND });
  });

  it.each([
    ['empty', ''],
    ['torn', JSON.stringify(SECOND).slice(0, 100)],
    ['rubbish', '\u0000\u0001'],
    ['of another kind', '{"schema":"hamon.other/1"}'],
  ])('goes on with the one before where the newest is %s', async (_, text) => {
    await open().save(FIRST);
    await open().save(SECOND);
    await writeFile(at('state.json'), text);
    expect(await open().load()).toEqual({ from: 'former', state: FIRST });
  });

  it('goes on where the newest has no name, which an earlier release left for a moment', async () => {
    await open().save(FIRST);
    await rm(at('state.previous.json'), { force: true });
    await writeFile(at('state.previous.json'), await readFile(at('state.json')));
    await rm(at('state.json'));
    await writeFile(at('state.json.partial'), 'half');
    expect(await open().load()).toEqual({ from: 'former', state: FIRST });
    await open().save(SECOND);
    expect(await open().load()).toEqual({ from: 'newest', state: SECOND });
  });

  it('goes on with the one before where the disk cannot read the newest, and saves the next over it', async () => {
    await open().save(FIRST);
    await open().save(SECOND);
    const openRead: typeof nodeDisk.openRead = async (path) => {
      if (path !== at('state.json')) return nodeDisk.openRead(path);
      throw Object.assign(new Error('EIO: read'), { code: 'EIO', syscall: 'read' });
    };
    const store = open({ ...nodeDisk, openRead });
    expect(await store.load()).toEqual({ from: 'former', state: FIRST });
    await store.save(THIRD);
    expect(await open().load()).toEqual({ from: 'newest', state: THIRD });
    await rm(at('state.json'));
    expect(await open().load()).toEqual({ from: 'former', state: FIRST });
  });

  it('does not begin anew where both are damaged, for that would forget a model', async () => {
    await open().save(FIRST);
    await open().save(SECOND);
    await writeFile(at('state.json'), '');
    await writeFile(at('state.previous.json'), '');
    await expect(open().load()).rejects.toMatchObject({ code: 'storage-error' });
  });

  it('leaves the former state where the disk is full', async () => {
    await open().save(FIRST);
    const full = new FullDisk();
    full.isFullFor = () => true;
    await expect(open(full.disk).save(SECOND)).rejects.toMatchObject({ code: 'disk-full' });
    expect(await open().load()).toEqual({ from: 'newest', state: FIRST });
  });

  it('leaves the former state where a file system without links has no room for its copy', async () => {
    await open().save(FIRST);
    await open().save(SECOND);
    const full = new FullDisk();
    full.isFullFor = (path) => path.includes('previous');
    const link = async (): Promise<void> => {
      throw Object.assign(new Error('EPERM: link'), { code: 'EPERM', syscall: 'link' });
    };
    const store = open({ ...full.disk, link });
    await expect(store.save(THIRD)).rejects.toMatchObject({ code: 'disk-full' });
    expect(await store.load()).toEqual({ from: 'newest', state: SECOND });
    await writeFile(at('state.json'), '');
    expect(await store.load()).toEqual({ from: 'former', state: FIRST });
  });
});
