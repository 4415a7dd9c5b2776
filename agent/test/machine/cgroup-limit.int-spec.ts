import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { limitByCgroup, type CgroupPlace } from '../../src/machine/cgroup-limit.js';
import { sysWith } from './support.js';

const PID = 4711;
const UNIT = 'system.slice/hamon-agent.service';

/** Files as the kernel shows them to a service with `Delegate=cpu`. */
async function delegated(
  files: Readonly<Record<string, string>> = {},
): Promise<{ place: CgroupPlace; read: (name: string) => Promise<string> }> {
  const mount = await sysWith({
    membership: `0::/${UNIT}`,
    [`${UNIT}/cgroup.controllers`]: 'cpuset cpu io memory pids',
    [`${UNIT}/cgroup.procs`]: String(PID),
    [`${UNIT}/cgroup.subtree_control`]: '',
    [`${UNIT}/hamon/cgroup.procs`]: '',
    [`${UNIT}/hamon/cpu.max`]: 'max 100000',
    ...files,
  });
  return {
    place: { mount, membership: join(mount, 'membership'), pid: PID },
    read: (name) => readFile(join(mount, UNIT, name), 'utf8'),
  };
}

describe('limitByCgroup', () => {
  it('limits a cgroup below its own, into which it moves', async () => {
    const { place, read } = await delegated();
    expect(await limitByCgroup(1.5, place)).toEqual({ cgroup: join(place.mount, UNIT, 'hamon') });
    expect(await read('hamon/cgroup.procs')).toBe(String(PID));
    expect(await read('cgroup.subtree_control')).toBe('+cpu');
    expect(await read('hamon/cpu.max')).toBe('150000 100000');
  });

  it('changes the limit and takes it off again', async () => {
    const { place, read } = await delegated();
    await limitByCgroup(1.5, place);
    await writeFile(place.membership, `0::/${UNIT}/hamon\n`);
    await limitByCgroup(0.25, place);
    expect(await read('hamon/cpu.max')).toBe('25000 100000');
    await limitByCgroup(undefined, place);
    expect(await read('hamon/cpu.max')).toBe('max 100000');
  });

  it.each([
    ['others are in it', { [`${UNIT}/cgroup.procs`]: `1\n${PID}` }, "is not this process's alone"],
    ['it has no processor to give', { [`${UNIT}/cgroup.controllers`]: 'memory' }, 'has no cpu controller'],
    ['the system has an older kind', { membership: '1:cpu:/\n9:name=systemd:/' }, 'no cgroups of version 2'],
  ])('leaves everything as it is where %s', async (_, files, why) => {
    const { place, read } = await delegated(files);
    expect(await limitByCgroup(1, place)).toEqual({ refused: expect.stringContaining(why) });
    expect(await read('hamon/cpu.max')).toBe('max 100000\n');
    expect(await read('cgroup.subtree_control')).toBe('\n');
  });

  it('says why where nothing can be written', async () => {
    const { place } = await delegated();
    const other = await sysWith({
      [`${UNIT}/cgroup.controllers`]: 'cpu',
      [`${UNIT}/cgroup.procs`]: String(PID),
    });
    await mkdir(join(other, UNIT, 'hamon'));
    const outcome = await limitByCgroup(1, { ...place, mount: other });
    expect(outcome).toEqual({ refused: expect.stringContaining('ENOENT') });
  });
});
