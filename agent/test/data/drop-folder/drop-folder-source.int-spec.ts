import { spawnSync } from 'node:child_process';
import { appendFile, mkdir, open, readdir, rename, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { image } from '../support/example-models.js';
import { canMount, SmallDisk } from '../../support/small-disk.js';
import { until } from '../../support/until.js';
import { belowFolder, DropScene } from './drop-scene.js';

const scenes: DropScene[] = [];
const scene = async (...parts: Parameters<typeof DropScene.open>): Promise<DropScene> => {
  const opened = await DropScene.open(...parts);
  scenes.push(opened);
  return opened;
};
afterEach(() => Promise.all(scenes.splice(0).map((one) => one.close())));

const LONG = { settleMs: 60_000, pollMs: 60_000 };

describe('a drop folder', () => {
  it('answers each file once, in order of arrival, and moves it to done/', async () => {
    const drops = await scene();
    drops.play();
    await until('it is listed', () => drops.source.state.state === 'running');
    for (let i = 0; i < 20; i += 1) await drops.drop(`${(i * 7) % 20}.png`);
    await drops.done(20);
    expect(drops.names).toEqual(Array.from({ length: 20 }, (_, i) => `${(i * 7) % 20}.png`));
    expect(new Set(drops.seen.map(({ id }) => id)).size).toBe(20);
    expect(drops.seen.some(({ repeat }) => repeat)).toBe(false);
    expect(await readdir(drops.folder)).toEqual(['done', 'failed']);
  });

  it('takes at once what is renamed in, without waiting for it to settle', async () => {
    const drops = await scene(LONG);
    drops.play();
    await until('it is listed', () => drops.source.state.state === 'running');
    const outside = join(drops.folder, '..', 'outside.png');
    await writeFile(outside, image(0).bytes);
    // File systems date a file by ticks of some milliseconds; within one tick a rename cannot be told from a write.
    await utimes(outside, new Date(Date.now() - 5000), new Date(Date.now() - 5000));
    await rename(outside, join(drops.folder, 'a.png'));
    await drops.done(1);
  });

  it('waits while a file is written, however long it takes', async () => {
    const drops = await scene();
    drops.play();
    const { bytes } = image(0);
    const half = bytes.length >> 1;
    const file = await open(join(drops.folder, 'slow.png'), 'w');
    await file.write(bytes.subarray(0, half));
    for (let i = half; i < bytes.length; i += Math.ceil(half / 10)) {
      await delay(40);
      await file.write(bytes.subarray(i, i + Math.ceil(half / 10)));
    }
    expect(drops.names).toEqual([]);
    await file.close();
    await drops.done(1);
    expect([drops.names, drops.unreadable]).toEqual([['slow.png'], 0]);
  });

  it('waits for slow writers on a drive that tells of nothing, by its listings alone', async () => {
    const drops = await scene({ hasEvents: false, settleMs: 600 });
    drops.play();
    const { bytes } = image(0);
    const piece = Math.ceil(bytes.length / 6);
    const writers = ['a.png', 'b.png', 'c.png'].map(async (name) => {
      const file = await open(join(drops.folder, name), 'w');
      for (let i = 0; i < bytes.length; i += piece) {
        await file.write(bytes.subarray(i, i + piece));
        await file.sync();
        await delay(100);
      }
      await file.close();
    });
    await drops.drop('renamed.png');
    await Promise.all(writers);
    await drops.done(4);
    expect(drops.unreadable).toBe(0);
    expect([...drops.names].sort()).toEqual(['a.png', 'b.png', 'c.png', 'renamed.png']);
    expect(await drops.in('failed')).toEqual([]);
  });

  it('finds files of a drive that tells of none, by listing it', async () => {
    const base = await scene();
    await mkdir(join(base.folder, 'deep', 'er'), { recursive: true });
    const drops = await scene({ recursive: true }, { folder: base.folder, state: base.state });
    drops.play();
    await until('it is listed', () => drops.source.state.state === 'running');
    // A folder made under a watch that does not know it yet is one that nothing is told of.
    await mkdir(join(drops.folder, 'new', 'one'), { recursive: true });
    await writeFile(join(drops.folder, 'new', 'one', 'a.png'), image(0).bytes);
    await writeFile(join(drops.folder, 'deep', 'er', 'b.png'), image(1).bytes);
    await until('both', () => drops.seen.length === 2);
    await until('both are away', async () => (await drops.in('done/deep/er')).length === 1);
    await until('both are away', async () => (await drops.in('done/new/one')).length === 1);
    expect([...drops.names].sort()).toEqual(['deep/er/b.png', 'new/one/a.png']);
  });

  it('moves what is no image to failed/, says so once each, and counts it', async () => {
    const drops = await scene();
    drops.answer = ({ name }) => (name === 'broken.png' ? 'undecodable' : 'ok');
    await drops.drop('text.txt', Buffer.from('no image'));
    await drops.drop('broken.png', image(0).bytes.subarray(0, 100));
    await drops.drop('good.png');
    drops.play();
    await drops.done(1);
    await until('two failed', async () => (await drops.in('failed')).length === 2);
    expect(drops.unreadable).toBe(1);
    expect(drops.events.map(({ detail }) => detail).sort()).toEqual([
      'source: broken.png: undecodable',
      'source: text.txt: text.txt is neither PNG nor JPEG',
    ]);
  });

  it('takes names of any script, and of none', async () => {
    const drops = await scene();
    const names = [
      '検査-001.png',
      'деталь №5.png',
      'ßäö.png',
      '‮gnp.exe',
      'a b\tc.png',
      '🔩.png',
      'q?*"<>|.png',
    ];
    for (const name of names) await drops.drop(name);
    const latin = Buffer.from('caf\xe9.png', 'latin1');
    await drops.drop(latin);
    drops.play();
    await drops.done(names.length + 1);
    expect(new Set(drops.names)).toEqual(new Set([...names, 'caf\\xE9.png']));
    const done = await readdir(Buffer.from(join(drops.folder, 'done')), 'buffer');
    expect(done.some((name) => name.equals(latin))).toBe(true);
  });

  it('leaves alone links, pipes, folders, hidden and unfinished files', async () => {
    const drops = await scene();
    await symlink('/etc/passwd', join(drops.folder, 'link.png'));
    spawnSync('mkfifo', [join(drops.folder, 'pipe.png')]);
    await mkdir(join(drops.folder, 'folder.png'));
    await writeFile(join(drops.folder, '.hidden.png'), image(0).bytes);
    await writeFile(join(drops.folder, 'a.png.part'), image(0).bytes);
    drops.play();
    await drops.drop('good.png');
    await drops.done(1);
    expect(drops.names).toEqual(['good.png']);
    expect((await readdir(drops.folder)).length).toBe(7);
  });

  it('keeps both where a camera calls every picture alike', async () => {
    const drops = await scene();
    drops.play();
    for (let i = 0; i < 3; i += 1) {
      await drops.drop('image.png', image(i).bytes);
      await drops.done(i + 1);
    }
    expect((await drops.in('done')).every((name) => /^image(\.[0-9a-f]{8})?\.png$/.test(name))).toBe(true);
    expect(new Set(drops.seen.map(({ id }) => id)).size).toBe(3);
  });

  it('deletes what is answered where it is told to', async () => {
    const drops = await scene({ after: 'delete' });
    await writeFile(join(drops.folder, '.hamon-6d2cc1f2-3a5b-8f43-9b0e-0d4b2a7c1e55'), 'left by a kill');
    drops.play();
    await drops.drop('a.png');
    await until('it is deleted', async () => (await readdir(drops.folder)).join() === 'failed');
    expect(drops.names).toEqual(['a.png']);
  });

  it('keeps no more of what is done than it may, the newest', async () => {
    const drops = await scene({ keepFiles: 5 });
    await mkdir(join(drops.folder, 'done'));
    for (let i = 0; i < 12; i += 1) {
      await writeFile(join(drops.folder, 'done', `${i}.png`), '');
      await delay(5);
    }
    drops.play();
    await until('seven are gone', async () => (await drops.in('done')).length === 5);
    expect(await drops.in('done')).toEqual(['10.png', '11.png', '7.png', '8.png', '9.png']);
  });

  it('goes through a great many files that were there before, the earliest first', async () => {
    const drops = await scene({ settleMs: 0, after: 'delete' });
    const { bytes } = image(0);
    for (let i = 0; i < 6000; i += 50) {
      await Promise.all(
        Array.from({ length: 50 }, (_, j) => writeFile(join(drops.folder, `${i + j}.png`), bytes)),
      );
    }
    drops.play();
    await until('all', () => drops.seen.length === 6000, 100_000);
    expect(new Set(drops.names).size).toBe(6000);
    const early = drops.names.slice(0, 3000).filter((name) => Number.parseInt(name, 10) < 4200);
    expect(early.length).toBe(3000);
  });
});

describe('an answer of a drop folder', () => {
  it('keeps its id over a restart, and is marked where it may have been told before', async () => {
    const first = await scene();
    // The sinks never say that the answer is safe, as if the agent was killed before they could.
    first.kept = () => new Promise(() => undefined);
    await first.drop('a.png');
    first.play();
    await until('it is answered', () => first.seen.length === 1);
    await first.drop('b.png');
    await until('the next one too', () => first.seen.length === 2);
    await first.leave();
    const second = await scene({}, first);
    await second.drop('c.png');
    second.play();
    await second.done(3);
    expect(second.seen.map(({ name, repeat }) => [name, repeat])).toEqual([
      ['a.png', true],
      ['b.png', true],
      ['c.png', false],
    ]);
    expect(second.seen.slice(0, 2).map(({ id }) => id)).toEqual(first.seen.map(({ id }) => id));
  });

  it('is given again until there is one, and a file that never has one is put aside', async () => {
    const drops = await scene();
    let isOut = true;
    drops.answer = ({ name }) => (isOut || name === 'bad.png' ? 'unanswered' : 'ok');
    for (const name of ['a.png', 'bad.png', 'b.png']) await drops.drop(name);
    drops.play();
    await until('each was tried', () => new Set(drops.names).size === 3);
    isOut = false;
    await drops.done(2);
    await until('it is put aside', async () => (await drops.in('failed')).join() === 'bad.png');
    expect(await drops.in('done')).toContain('a.png');
    const again = drops.seen.filter(({ name }) => name === 'a.png');
    expect(new Set(again.map(({ id }) => id)).size).toBe(1);
    expect(again.map(({ repeat }) => repeat)).toEqual(again.map((_, i) => i > 0));
  });

  it('is had of each stream that names the folder before the file goes', async () => {
    const drops = await scene();
    for (let i = 0; i < 10; i += 1) await drops.drop(`${i}.png`);
    drops.play('line').play('other');
    await drops.done(10);
    expect(drops.seen.length).toBe(20);
    expect(new Set(drops.seen.map(({ id }) => id)).size).toBe(20);
  });
});

describe('a drop folder in trouble', () => {
  it('that goes away says so, and goes on when it is back', async () => {
    const drops = await scene();
    drops.play();
    await drops.drop('a.png');
    await drops.done(1);
    await rm(drops.folder, { recursive: true });
    await until('it is told', () => drops.trouble !== undefined);
    expect(drops.source.state).toMatchObject({ state: 'failing' });
    await mkdir(drops.folder);
    await drops.drop('b.png');
    await drops.done(1);
    await until('it is over', () => drops.trouble === undefined);
    expect(drops.names).toEqual(['a.png', 'b.png']);
  });

  it('does not answer what changed since it was found, and answers it when it is whole', async () => {
    const drops = await scene();
    let isFirst = true;
    drops.kept = async () => {
      if (!isFirst) return;
      isFirst = false;
      // Another file takes the name of one that has its answer, before that one could be moved.
      await drops.drop('a.png', image(1).bytes);
    };
    await drops.drop('a.png', image(0).bytes);
    drops.play();
    await until('both', () => drops.seen.length === 2);
    await drops.done(1);
    expect(new Set(drops.seen.map(({ id }) => id)).size).toBe(2);
    await appendFile(join(drops.folder, 'b.png'), image(0).bytes);
    await drops.done(2);
  });

  describe.skipIf(!canMount())('of the disk (needs an account that may mount)', () => {
    let disk: SmallDisk | undefined;
    afterEach(async () => {
      await Promise.all(scenes.splice(0).map((one) => one.close()));
      disk?.unmount();
      disk = undefined;
    });

    it('takes nothing from a read-only folder, says why, and goes on when it can be written', async () => {
      disk = await SmallDisk.mount('4m');
      const base = await scene();
      const drops = await scene({}, { folder: disk.folder, state: base.state });
      await drops.drop('a.png');
      disk.setWritable(false);
      drops.play();
      await until('it is told', () => drops.trouble?.includes('read-only') === true);
      expect(drops.names).toEqual([]);
      disk.setWritable(true);
      await drops.done(1);
      await until('it is over', () => drops.trouble === undefined);
    });

    it('answers a file once whose folder becomes read-only before it could be moved', async () => {
      disk = await SmallDisk.mount('4m');
      const base = await scene();
      const drops = await scene({}, { folder: disk.folder, state: base.state });
      for (const name of ['a.png', 'b.png', 'c.png']) await drops.drop(name);
      drops.kept = async () => void disk?.setWritable(false);
      drops.play();
      await until('it is told', () => drops.trouble?.includes('cannot be moved') === true);
      drops.kept = () => Promise.resolve();
      disk.setWritable(true);
      await drops.done(3);
      expect([...drops.names].sort()).toEqual(['a.png', 'b.png', 'c.png']);
    });

    it('makes room on a full disk by what is done, and loses no file', async () => {
      disk = await SmallDisk.mount('1m');
      const base = await scene();
      const drops = await scene({}, { folder: disk.folder, state: base.state });
      await mkdir(join(disk.folder, 'done'));
      for (let i = 0; i < 10; i += 1) {
        await writeFile(join(disk.folder, 'done', `${i}.bin`), Buffer.alloc(80_000));
      }
      await drops.drop('a.png');
      // Everything that is left.
      await appendFile(join(disk.folder, '.rest'), Buffer.alloc(1 << 20)).catch(() => undefined);
      drops.play();
      await until('it is answered', async () => (await drops.in('done')).includes('a.png'));
      expect((await drops.in('done')).length).toBeLessThan(11);
      expect(drops.names).toEqual(['a.png']);
      await drops.drop(belowName('b.png'));
      await until('room was made for the next', async () => (await drops.in('done')).includes('b.png'));
    });
  });
});

const belowName = (name: string): Buffer => belowFolder('', Buffer.from(name)).subarray(1);

describe('a drop folder whose drive hangs', () => {
  const hung = <T>(): Promise<T> => new Promise(() => undefined);

  it('ends while it is listed, and says nothing afterwards', async () => {
    const drops = await scene({ turns: hung });
    drops.play();
    await drops.close();
    expect(drops.trouble).toBeUndefined();
  });

  it('leaves what it could not read or put away, under the same ids', async () => {
    let hangs = false;
    const first = await scene({ turns: (work) => (hangs ? hung() : work()) });
    first.answer = () => {
      hangs = true;
      return 'ok';
    };
    const names = Array.from({ length: 5 }, (_, i) => `${i}.png`);
    for (const name of names) await first.drop(name);
    first.play();
    await until('one is answered', () => first.seen.length > 0);
    await first.close();
    expect(await first.in('done')).toEqual([]);
    const second = await scene({}, first);
    second.play();
    await second.done(5);
    expect(second.names).toEqual(names);
    const before = first.seen.map(({ id }) => id);
    expect(second.seen.slice(0, before.length)).toMatchObject(before.map((id) => ({ id, repeat: true })));
  });
});
