import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { create, toBinary } from '@bufbuild/protobuf';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { OnnxError, readModel, writeModel } from '../src/index.js';
import { ModelProtoSchema, TensorProto_DataLocation } from '../src/generated/onnx_pb.js';

/** y = x + w, with the two floats of w in another file. */
function modelBytes(entries: Readonly<Record<string, string>>): Uint8Array {
  const type = { value: { case: 'tensorType' as const, value: { elemType: 1, shape: { dim: [] } } } };
  return toBinary(
    ModelProtoSchema,
    create(ModelProtoSchema, {
      irVersion: 8n,
      opsetImport: [{ domain: '', version: 17n }],
      graph: {
        name: 'g',
        input: [{ name: 'x', type }],
        output: [{ name: 'y', type }],
        node: [{ opType: 'Add', input: ['x', 'w'], output: ['y'] }],
        initializer: [
          {
            name: 'w',
            dims: [2n],
            dataType: 1,
            dataLocation: TensorProto_DataLocation.EXTERNAL,
            externalData: Object.entries(entries).map(([key, value]) => ({ key, value })),
          },
        ],
      },
    }),
  );
}

describe('external data', () => {
  let root: string;
  let baseDir: string;

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'hamon-onnx-'));
    baseDir = join(root, 'model');
    mkdirSync(join(baseDir, 'sub'), { recursive: true });
    const floats = Buffer.from(new Float32Array([0, 1.5, -2]).buffer);
    writeFileSync(join(baseDir, 'weights.bin'), floats);
    writeFileSync(join(root, 'secret.bin'), floats);
    symlinkSync(join(root, 'secret.bin'), join(baseDir, 'link.bin'));
    symlinkSync('weights.bin', join(baseDir, 'inner-link.bin'));
  });

  afterEach(() => rmSync(root, { recursive: true, force: true }));

  it('is read where it is and written into the model', () => {
    for (const location of ['weights.bin', 'sub/../weights.bin', 'inner-link.bin']) {
      const model = readModel(modelBytes({ location, offset: '4', length: '8' }), { baseDir });
      expect([...(model.graph.initializers.get('w')?.floats() ?? [])]).toEqual([1.5, -2]);
      expect([...(readModel(writeModel(model)).graph.initializers.get('w')?.floats() ?? [])]).toEqual([
        1.5, -2,
      ]);
    }
  });

  it('goes to the end of the file where no length is given', () => {
    const model = readModel(modelBytes({ location: 'weights.bin', offset: '4' }), { baseDir });
    expect(model.graph.initializers.get('w')?.lengthBytes).toBe(8);
  });

  it.each<[string, Readonly<Record<string, string>>, string]>([
    ['a path that leads out', { location: '../secret.bin' }, 'external-data-outside'],
    ['an absolute path', { location: '/etc/passwd' }, 'external-data-outside'],
    ['a link that leads out', { location: 'link.bin' }, 'external-data-outside'],
    ['the folder itself', { location: '.' }, 'external-data-outside'],
    ['a file that is not there', { location: 'gone.bin' }, 'external-data-missing'],
    ['a folder', { location: 'sub' }, 'external-data-invalid'],
    ['no location', { offset: '4' }, 'external-data-invalid'],
    ['an offset behind the end', { location: 'weights.bin', offset: '13' }, 'external-data-invalid'],
    [
      'a length beyond the end',
      { location: 'weights.bin', offset: '8', length: '8' },
      'external-data-invalid',
    ],
    [
      'a huge offset',
      { location: 'weights.bin', offset: '9007199254740991', length: '8' },
      'external-data-invalid',
    ],
    ['a negative offset', { location: 'weights.bin', offset: '-4' }, 'external-data-invalid'],
    ['a length that is no number', { location: 'weights.bin', length: '8 bytes' }, 'external-data-invalid'],
    ['too few bytes for the shape', { location: 'weights.bin', length: '4' }, 'invalid-tensor'],
  ])('refuses %s', (_, entries, code) => {
    expect(() => readModel(modelBytes(entries), { baseDir })).toThrow(
      expect.objectContaining({ code }) as unknown as OnnxError,
    );
  });

  it('refuses a named pipe instead of waiting for a writer', () => {
    execFileSync('mkfifo', [join(baseDir, 'pipe.bin')]);
    expect(() => readModel(modelBytes({ location: 'pipe.bin' }), { baseDir })).toThrow('no plain file');
  });

  it('needs to know the folder', () => {
    expect(() => readModel(modelBytes({ location: 'weights.bin' }))).toThrow(
      'the folder of the model is not known',
    );
  });

  it('is bounded', () => {
    const read = (): unknown =>
      readModel(modelBytes({ location: 'weights.bin', offset: '4' }), { baseDir, limits: { maxBytes: 7 } });
    expect(read).toThrow(OnnxError);
  });
});
