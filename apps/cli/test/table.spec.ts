import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import pc from 'picocolors';
import { table } from '../src/views/table.js';
import { textWidth } from '../src/views/text-width.js';

const plain = pc.createColors(false);
const coloured = pc.createColors(true);

describe('a table', () => {
  it('of 200,000 rows is drawn while somebody waits', () => {
    const rows = Array.from({ length: 200_000 }, (_, i) => [`cam-${i}`, 'yes', 'tile-inspector@1.0.0']);
    const lines = table(plain, ['DEVICE', 'ONLINE', 'RUNS'], rows).split('\n');
    expect(lines).toHaveLength(200_001);
    expect(lines.at(-1)).toBe('cam-199999  yes     tile-inspector@1.0.0');
  });

  it('has a line for each row, whose columns begin below their heads', () => {
    const cell = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 12 }),
      fc.constantFrom('検査', 'e\u0301', 'two\nlines', 'ok'),
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(cell, fc.constant('|')), { maxLength: 20 }), (rows) => {
        const printable = rows.map(([text, bar]) => [text.replace(/[^\P{C}\n]/gu, ''), bar]);
        const [head = '', ...lines] = table(plain, ['FIRST', 'SECOND'], printable).split('\n');
        expect(lines).toHaveLength(rows.length);
        const column = textWidth(head.slice(0, head.indexOf('SECOND')));
        for (const line of lines) expect(textWidth(line.slice(0, line.lastIndexOf('|')))).toBe(column);
      }),
    );
  });

  it('takes colours for no width', () => {
    const drawn = table(
      coloured,
      ['STATE', 'NEXT'],
      [
        [coloured.green('ok'), 'x'],
        [coloured.red('failed'), 'y'],
      ],
    );
    // eslint-disable-next-line no-control-regex -- colours are what is taken away
    const seen = drawn.replace(/\u001b\[\d+m/g, '').split('\n');
    expect(seen).toEqual(['STATE   NEXT', 'ok      x', 'failed  y']);
  });
});
