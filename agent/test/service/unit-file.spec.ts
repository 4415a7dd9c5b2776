import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { configNeeds } from '../../src/service/config-needs.js';
import { deviceAccess } from '../../src/service/device-access.js';
import { unitFile, type UnitOptions } from '../../src/service/unit-file.js';
import { commandWord } from '../../src/service/unit-text.js';
import { shellWord } from '../../src/service/service-step.js';
import { AgentConfig } from '../../src/config.js';

const PLAIN: UnitOptions = {
  ...{ node: '/usr/bin/node', program: '/usr/lib/hamon/bin/hamon-agent.js', state: '/var/lib/hamon-agent' },
  ...{ user: 'hamon', groups: [], devices: [], writes: [], reads: [], credentials: [], systemdVersion: 252 },
  limitsItself: false,
};
const linesOf = (options: Partial<UnitOptions> = {}): string[] =>
  unitFile({ ...PLAIN, ...options }).split('\n');
const all = (lines: readonly string[], key: string): string[] =>
  lines.filter((line) => line.startsWith(`${key}=`)).map((line) => line.slice(key.length + 1));

/** As systemd.syntax(7) and systemd.service(5) say that a command line is read. */
function readBack(word: string): string {
  const unquoted = word.startsWith('"') ? word.slice(1, -1).replaceAll('\\"', '"') : word;
  return unquoted.replaceAll('%%', '%').replaceAll('$$', '$');
}

describe('the unit of the agent', () => {
  it('runs the agent as its user, in its state folder, and lets it write there alone', () => {
    const lines = linesOf({ config: '/etc/hamon-agent.json' });
    expect(all(lines, 'ExecStart')).toEqual([
      '/usr/bin/node /usr/lib/hamon/bin/hamon-agent.js run --state /var/lib/hamon-agent --config /etc/hamon-agent.json',
    ]);
    expect(all(lines, 'User')).toEqual(['hamon']);
    expect(all(lines, 'ReadWritePaths')).toEqual(['/var/lib/hamon-agent']);
    expect(all(lines, 'ProtectHome')).toEqual(['true']);
    expect(all(lines, 'PrivateDevices')).toEqual(['true']);
    expect(lines.some((line) => line.startsWith('MemoryDenyWriteExecute'))).toBe(false);
  });

  it('opens a class of devices where the configuration names one, as a camera that is plugged in again is another file', () => {
    const config = AgentConfig.parse({
      source: { kind: 'ffmpeg', device: '/dev/video0' },
      streams: [{ name: 'two', source: { kind: 'ffmpeg', device: '/dev/v4l/by-id/usb-Cam-1' } }],
    });
    const { allow, groups } = deviceAccess(configNeeds(config).devices);
    expect({ allow, groups }).toEqual({ allow: ['char-video4linux rw'], groups: ['video'] });
    const lines = linesOf({ devices: allow, groups });
    expect(all(lines, 'DevicePolicy')).toEqual(['closed']);
    expect(all(lines, 'DeviceAllow')).toEqual(['char-video4linux rw']);
    expect(all(lines, 'SupplementaryGroups')).toEqual(['video']);
    expect(all(lines, 'PrivateDevices')).toEqual([]);
    expect(deviceAccess(['/dev/gpiochip0']).allow).toEqual(['/dev/gpiochip0 rw']);
  });

  it('shows of people’s own folders what the configuration names there, and nothing else', () => {
    const lines = linesOf({
      writes: ['/home/ftp/cam:1', '/srv/drop'],
      reads: ['/home/me/images', '/srv/images'],
    });
    expect(all(lines, 'ProtectHome')).toEqual(['tmpfs']);
    expect(all(lines, 'BindPaths')).toEqual(['"-/home/ftp/cam:1"']);
    expect(all(lines, 'BindReadOnlyPaths')).toEqual(['"-/home/me/images"']);
    expect(all(lines, 'ReadWritePaths')).toEqual(['/var/lib/hamon-agent', '-/srv/drop']);
  });

  it('may limit itself where it has a budget, in the cgroup that systemd gives it', () => {
    const config = AgentConfig.parse({ resources: { cpu: { budget: 1.5 } } });
    const lines = linesOf({ limitsItself: configNeeds(config).cgroup });
    expect(all(lines, 'Delegate')).toEqual(['cpu']);
    expect(all(lines, 'ProtectControlGroups')).toEqual([]);
    const others = linesOf({ limitsItself: configNeeds(AgentConfig.parse({})).cgroup });
    expect([all(others, 'Delegate'), all(others, 'ProtectControlGroups')]).toEqual([[], ['true']]);
  });

  it('waits longer and longer between restarts where systemd can, and gives up nowhere', () => {
    expect(all(linesOf({ systemdVersion: 254 }), 'RestartMaxDelaySec')).toEqual(['60']);
    expect(all(linesOf({ systemdVersion: 252 }), 'RestartMaxDelaySec')).toEqual([]);
    expect(all(linesOf(), 'StartLimitIntervalSec')).toEqual(['0']);
    expect(all(linesOf(), 'Restart')).toEqual(['always']);
  });

  it('hands over each word of the command line as it is', () => {
    const word = fc.string({
      unit: fc.constantFrom('a', ' ', '%', '$', '"', "'", '{', ';', 'é', '/'),
      minLength: 1,
    });
    fc.assert(fc.property(word, (text) => readBack(commandWord(text)) === text));
    fc.assert(
      fc.property(word, (text) => {
        const shown = shellWord(text);
        const read = shown.startsWith("'") ? shown.slice(1, -1).replaceAll(`'\\''`, "'") : shown;
        return read === text;
      }),
    );
  });
});

describe('what a configuration needs of the machine', () => {
  it('is told by what it names, and not by what looks like a path', () => {
    const needs = configNeeds(
      AgentConfig.parse({
        source: { kind: 'directory', path: '/srv/images' },
        sinks: [{ kind: 'jsonl', path: '/srv/results/out.jsonl' }],
        streams: [
          {
            name: 'drop',
            source: { kind: 'drop-folder', path: '/srv/drop' },
            sinks: [
              {
                kind: 'plant-mqtt',
                broker: { url: 'mqtts://plant:8883', ca: '/etc/ssl/plant.pem' },
                topic: '/line/1',
              },
            ],
          },
          {
            name: 'cam',
            source: { kind: 'ffmpeg', device: '/dev/video2' },
            trigger: { kind: 'mqtt', broker: { url: 'mqtt://127.0.0.1' }, topic: '/line/1/trigger' },
          },
        ],
        allow: { folders: ['/srv/shared'] },
      }),
    );
    expect(needs).toEqual({
      devices: ['/dev/video2'],
      cgroup: false,
      writes: ['/srv/shared', '/srv/results', '/srv/drop'],
      reads: ['/srv/images', '/etc/ssl/plant.pem'],
    });
  });
});
