import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SinkConfig, type ResultRecord, type SinkOf } from '@hamon/contracts';
import { deadWrites, modbusWrites, type ModbusWrite } from '../../../src/data/sinks/modbus-writes.js';
import { detections, errorRecord, label, values } from '../support/records.js';

const sink = (mapping: object): SinkOf<'modbus'> =>
  SinkConfig.parse({ kind: 'modbus', host: '127.0.0.1', ...mapping }) as SinkOf<'modbus'>;
const writes = (mapping: object, of: ResultRecord, answers = 1): ModbusWrite[] =>
  modbusWrites(sink(mapping), of, answers);

describe('what a record writes to a PLC', () => {
  it('writes numbers before coils, and neighbours in one request', () => {
    const mapping = {
      coils: [
        { address: 3, value: 'ok' },
        { address: 2, value: 'defect' },
        { address: 9, value: 'alive' },
      ],
      registers: [
        { address: 101, value: 'confidence', scale: 1000 },
        { address: 100, value: 'verdict' },
        { address: 102, value: 'label' },
        { address: 110, value: 'answers' },
      ],
    };
    expect(writes(mapping, { ...label('dent', 0.875), verdict: 'defect' }, 7)).toEqual([
      { kind: 'registers', address: 100, values: [1, 875, 1] },
      { kind: 'registers', address: 110, values: [7] },
      { kind: 'coils', address: 2, values: [true, false] },
      { kind: 'coils', address: 9, values: [true] },
    ]);
  });

  it.each([
    ['verdict', { ...label('ok', 1), verdict: 'ok' as const }, 0],
    ['verdict', { ...label('dent', 1), verdict: 'defect' as const }, 1],
    ['verdict', label('dent', 1), 2],
    ['verdict', errorRecord('no-frame'), 3],
    ['count', detections('Crack', 'Fray'), 2],
    ['label', detections('Crack', 'Fray'), 9],
    ['value:width', values({ width: 12.4 }), 12],
    ['value:constructor', values({ width: 12.4 }), 9],
    ['score', label('dent', 1), 9],
    ['correlation', { ...label('dent', 1), trigger: { kind: 'mqtt', correlation: '4711' } }, 4711],
    ['correlation', { ...label('dent', 1), trigger: { kind: 'mqtt', correlation: 'part 7' } }, 9],
  ])('knows %s of an answer', (value, of, expected) => {
    const registers = [{ address: 1, value, otherwise: 9 }];
    expect(writes({ registers }, of)).toEqual([{ kind: 'registers', address: 1, values: [expected] }]);
  });

  it('numbers labels as the mapping lists them', () => {
    const registers = [{ address: 1, value: 'label', otherwise: 99 }];
    const labels = ['Fray', 'Crack'];
    expect(writes({ registers, labels }, detections('Crack'))[0]?.values).toEqual([1]);
    expect(writes({ registers, labels }, detections('Break'))[0]?.values).toEqual([99]);
    expect(writes({ registers, labels }, label('dent', 1))[0]?.values).toEqual([99]);
  });

  it('turns `toggle` with each answer, and `alive` off when none follows', () => {
    const coils = [
      { address: 1, value: 'toggle' },
      { address: 2, value: 'alive' },
      { address: 3, value: 'label:dent' },
      { address: 4, value: 'error' },
    ];
    expect(writes({ coils }, label('dent', 1), 1)[0]?.values).toEqual([true, true, true, false]);
    expect(writes({ coils }, errorRecord('no-frame'), 2)[0]?.values).toEqual([false, true, false, true]);
    expect(deadWrites(sink({ coils }))).toEqual([{ kind: 'coils', address: 2, values: [false] }]);
  });

  const TYPES = {
    uint16: { words: 1, least: 0, most: 65_535 },
    int16: { words: 1, least: -32_768, most: 32_767 },
    uint32: { words: 2, least: 0, most: 2 ** 32 - 1 },
    int32: { words: 2, least: -(2 ** 31), most: 2 ** 31 - 1 },
  } as const;

  it('holds every number that fits its type, and the end of the range beyond', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...(Object.keys(TYPES) as (keyof typeof TYPES)[])),
        fc.constantFrom('high-first', 'low-first'),
        fc.oneof(fc.double({ noNaN: true }), fc.integer({ min: -(2 ** 31), max: 2 ** 32 })),
        (type, words, number) => {
          const registers = [{ address: 1, value: 'value:x', type, words }];
          const [write] = writes({ registers }, values({ x: number }));
          const { least, most } = TYPES[type];
          expect(write?.values).toHaveLength(TYPES[type].words);
          const expected = Math.min(most, Math.max(least, Math.round(number)));
          expect(numberIn(write?.values as number[], type, words)).toBe(expected + 0);
        },
      ),
    );
  });

  it('counts answers round', () => {
    const registers = [{ address: 1, value: 'answers' }];
    expect(writes({ registers }, label('dent', 1), 65_535)[0]?.values).toEqual([65_535]);
    expect(writes({ registers }, label('dent', 1), 65_536)[0]?.values).toEqual([0]);
  });

  it('writes floats of 32 bits', () => {
    const registers = [{ address: 1, value: 'value:x', type: 'float32', words: 'low-first' }];
    expect(writes({ registers }, values({ x: 1.5 }))[0]?.values).toEqual([0, 0x3fc0]);
  });
});

/** As a PLC reads it. */
function numberIn(cells: readonly number[], type: string, words: string): number {
  const ordered = words === 'low-first' ? [...cells].reverse() : cells;
  const bytes = Buffer.alloc(4);
  ordered.forEach((cell, i) => bytes.writeUInt16BE(cell, i * 2));
  if (type === 'uint16') return bytes.readUInt16BE(0);
  if (type === 'int16') return bytes.readInt16BE(0);
  return type === 'uint32' ? bytes.readUInt32BE(0) : bytes.readInt32BE(0);
}
