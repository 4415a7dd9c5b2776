import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { freePort } from '@hamon/testing';
import { ModbusLink } from '../../src/adapters/modbus-link.js';
import { Plc, SilentServer } from '../support/plc.js';
import { until } from '../support/until.js';

const UNIT = { unit: 1, timeoutMs: 2000 };
const at = (port: number): ModbusLink => new ModbusLink({ host: '127.0.0.1', port });

let plc: Plc;
let link: ModbusLink;
beforeEach(async () => {
  plc = await Plc.start();
  link = at(plc.port);
});
afterEach(async () => {
  await link.close();
  await plc.stop();
});

describe('a connection to a Modbus server', () => {
  it('reads and writes bits and numbers', async () => {
    plc.coils.set(3, true);
    const read = await link.run(UNIT, async (requests) => {
      await requests.writeRegisters(100, [1, 65_535]);
      await requests.writeRegisters(200, [7]);
      await requests.writeCoils(10, [true, false, true]);
      await requests.writeCoils(20, [true]);
      return [await requests.readBit('coil', 3), await requests.readBit('discrete', 4)];
    });
    expect(read).toEqual([true, false]);
    expect([...plc.registers]).toEqual([
      ...[
        [100, 1],
        [101, 65_535],
        [200, 7],
      ],
    ]);
    expect([...plc.coils].slice(1)).toEqual([
      [10, true],
      [11, false],
      [12, true],
      [20, true],
    ]);
  });

  it('does the work of one asker after that of the other, whole', async () => {
    await Promise.all(
      [0, 1, 2].map((asker) =>
        link.run(UNIT, async (requests) => {
          for (const step of [0, 1, 2]) await requests.writeRegisters(asker * 10 + step, [1]);
        }),
      ),
    );
    expect(plc.writes.map(([, address]) => address)).toEqual([0, 1, 2, 10, 11, 12, 20, 21, 22]);
  });

  it('tells an exception of the server from a lost connection, and goes on after both', async () => {
    const beyond = link.run(UNIT, (requests) => requests.writeRegisters(1000, [1]));
    await expect(beyond).rejects.toMatchObject({
      code: 'device-refused',
      message: expect.stringMatching(/answers with Modbus exception 2: Illegal data address/) as string,
    });
    await link.run(UNIT, (requests) => requests.writeRegisters(1, [1]));
    await plc.stop();
    await expect(link.run(UNIT, (requests) => requests.writeRegisters(1, [2]))).rejects.toMatchObject({
      code: 'offline',
    });
    await plc.listen();
    await link.run(UNIT, (requests) => requests.writeRegisters(1, [3]));
    expect(plc.registers.get(1)).toBe(3);
  });

  it('says in a sentence that nobody is there', async () => {
    const port = await freePort();
    await expect(at(port).run(UNIT, (requests) => requests.readBit('coil', 1))).rejects.toMatchObject({
      code: 'offline',
      message: expect.stringContaining(`the Modbus server 127.0.0.1:${port} cannot be reached`) as string,
    });
  });

  it('gives up a server that does not answer, and leaves no connection behind', async () => {
    const silent = await SilentServer.start();
    const hung = at(silent.port);
    const soon = { ...UNIT, timeoutMs: 30 };
    for (const attempt of [1, 2, 3]) {
      await expect(hung.run(soon, (requests) => requests.readBit('coil', 1))).rejects.toMatchObject({
        code: 'offline',
        message: expect.stringContaining('did not answer within 30 ms') as string,
      });
      expect(silent.connections).toBe(attempt);
    }
    await until('no connection', () => silent.open === 0);
    await hung.close();
    await silent.stop();
  });

  it('keeps no more work than it may while the server is slow', async () => {
    plc.isSilent = true;
    const works = Array.from({ length: 200 }, () =>
      link
        .run({ unit: 1, timeoutMs: 20 }, (requests) => requests.readBit('coil', 1))
        .catch((cause: Error) => cause.message),
    );
    const told = await Promise.all(works);
    expect(told.filter((why) => /is too slow: 64 requests wait/.test(String(why)))).toHaveLength(200 - 64);
    plc.isSilent = false;
    expect(await link.run(UNIT, (requests) => requests.readBit('coil', 1))).toBe(false);
  });
});
