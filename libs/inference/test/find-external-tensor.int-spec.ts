import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { convStack, onnxFile, tinyModel, type OnnxGraph, type OnnxTensor } from '@hamon/testing';
import fc from 'fast-check';
import {
  findExternalTensor,
  ModelFileError,
  type ExternalTensor,
} from '../src/model-file/find-external-tensor.js';
import { startHost, temporaryFolder } from './support.js';

async function inFile(bytes: Uint8Array): Promise<ExternalTensor | undefined> {
  const path = join(await temporaryFolder(), 'model.onnx');
  await writeFile(path, bytes);
  return findExternalTensor(path);
}

const outside: OnnxTensor = { name: 'w', dims: [1], data: Float32Array.of(1), location: 'w.bin' };
const graphWith = (part: Partial<OnnxGraph>): OnnxGraph => ({
  nodes: [],
  initializers: [],
  inputs: [],
  outputs: [],
  ...part,
});

describe('a model whose values lie in another file', () => {
  it.each<[string, OnnxGraph]>([
    ['an initializer', graphWith({ initializers: [{ ...outside, name: 'other', location: 'w.bin' }] })],
    [
      'a constant',
      graphWith({
        nodes: [{ op: 'Constant', inputs: [], outputs: ['c'], attributes: { value: { tensor: outside } } }],
      }),
    ],
    [
      'a branch of a branch',
      graphWith({
        nodes: [
          {
            ...{ op: 'If', inputs: ['x'], outputs: ['y'] },
            attributes: {
              then_branch: {
                graph: graphWith({
                  nodes: [
                    {
                      ...{ op: 'Loop', inputs: [], outputs: [] },
                      attributes: { body: { graph: graphWith({ initializers: [outside] }) } },
                    },
                  ],
                }),
              },
            },
          },
        ],
      }),
    ],
  ])('is found out by %s', async (_, graph) => {
    expect(await inFile(onnxFile(graph))).toMatchObject({ location: 'w.bin' });
  });

  it('is found out wherever in the file a long tensor puts it', async () => {
    const long: OnnxTensor = { name: 'long', dims: [50_000], data: new Float32Array(50_000) };
    const at = (count: number): OnnxGraph =>
      graphWith({ initializers: [...Array.from({ length: count }, () => long), outside] });
    for (const count of [1, 3]) {
      expect(await inFile(onnxFile(at(count)))).toEqual({ tensor: 'w', location: 'w.bin' });
    }
  });

  it('is not loaded, although the file that it names is there and its own', async () => {
    const dir = await temporaryFolder();
    await writeFile(join(dir, 'weights.bin'), new Uint8Array(12));
    await writeFile(join(dir, 'model.onnx'), tinyModel({ weightsIn: 'weights.bin' }));
    await expect(startHost(join(dir, 'model.onnx'))).rejects.toMatchObject({
      code: 'bundle-invalid',
      message: expect.stringContaining(
        'tensor "weights" of model.onnx has its values in the file "weights.bin"',
      ),
    });
  });
});

describe('a model in one file', () => {
  it('is one, whatever it holds', async () => {
    for (const bytes of [tinyModel(), tinyModel({ delayRounds: 3 }), convStack(2)]) {
      expect(await inFile(bytes)).toBeUndefined();
    }
  });
});

describe('a file that is no model', () => {
  it('is refused, wherever it breaks off and whatever stands in it', async () => {
    const whole = Buffer.from(tinyModel({ weightsIn: 'w.bin' }));
    const path = join(await temporaryFolder(), 'model.onnx');
    const change = fc.oneof(
      fc.nat(whole.length - 1).map((end) => whole.subarray(0, end)),
      fc.uint8Array({ maxLength: 200 }),
      fc.tuple(fc.nat(whole.length - 1), fc.nat(255)).map(([at, value]) => {
        const changed = Buffer.from(whole);
        changed[at] = value;
        return changed;
      }),
    );
    await fc.assert(
      fc.asyncProperty(change, async (bytes) => {
        await writeFile(path, bytes);
        try {
          findExternalTensor(path);
        } catch (cause) {
          expect(cause).toBeInstanceOf(ModelFileError);
        }
      }),
      { numRuns: 200 },
    );
    await expect(inFile(Buffer.from('no model'))).rejects.toThrow(ModelFileError);
    await expect(inFile(new Uint8Array(0))).rejects.toThrow('no graph');
    // A group, which onnxruntime skips and which could hide what follows.
    await expect(inFile(Buffer.concat([Buffer.from([0x9b, 0x06]), whole]))).rejects.toThrow(ModelFileError);
  });
});
