import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { frameId } from '../../../src/data/sources/drop-folder/frame-id.js';
import { withAddition } from '../../../src/data/sources/drop-folder/put-away.js';
import { isIgnored, nameBytes, rawName, shownName } from '../../../src/data/sources/drop-folder/raw-name.js';

const stamp = { bytes: 10, inode: 1n, modifiedNs: 5n, changedNs: 9n };

describe('names of dropped files', () => {
  it('are bytes, and come back as they were', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        expect(new Uint8Array(nameBytes(rawName(bytes)))).toEqual(bytes);
      }),
    );
  });

  it('are shown as the text that they are, and byte by byte where they are none', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        expect(shownName(rawName(Buffer.from(text)))).toBe(Buffer.from(text).toString());
      }),
    );
    expect(shownName(rawName(Uint8Array.of(0x61, 0xe9, 0x62)))).toBe('a\\xE9b');
  });

  it.each(['.upload.jpg', 'a.jpg.part', 'a.FILEPART', 'x.tmp'])('%s is left alone', (name) => {
    expect(isIgnored(name)).toBe(true);
  });

  it('stay within what a file system takes when something is added', () => {
    fc.assert(
      fc.property(
        fc.string({ minLength: 1, maxLength: 255 }),
        fc.constantFrom('', '.jpg'),
        (stem, ending) => {
          const added = withAddition(rawName(Buffer.from(stem.slice(0, 250) + ending)), '.12345678');
          const name = added.slice(added.lastIndexOf('/') + 1);
          expect(name).toContain('.12345678');
          if (name.length > 255) expect(ending).toBe('no such case');
        },
      ),
    );
  });
});

describe('the id of an answer', () => {
  it('is the same for the same file of the same stream, and a UUID', () => {
    const id = frameId('line', 'a.jpg', stamp);
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(frameId('line', 'a.jpg', { ...stamp, inode: 7n, changedNs: 0n })).toBe(id);
  });

  it.each([
    ['stream', frameId('line-b', 'a.jpg', stamp)],
    ['name', frameId('line', 'b.jpg', stamp)],
    ['size', frameId('line', 'a.jpg', { ...stamp, bytes: 11 })],
    ['time', frameId('line', 'a.jpg', { ...stamp, modifiedNs: 6n })],
  ])('is another one for another %s', (_, other) => {
    expect(other).not.toBe(frameId('line', 'a.jpg', stamp));
  });
});
