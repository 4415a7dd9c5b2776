import { describe, expect, it } from 'vitest';
import {
  attribute,
  createModel,
  OnnxError,
  readModel,
  Tensor,
  writeModel,
  type OnnxErrorCode,
  type ReadOptions,
} from '../src/index.js';

const small = (): Uint8Array =>
  writeModel(
    createModel({
      inputs: { x: { dims: ['batch', 3] } },
      outputs: { y: { dims: ['batch', 2] } },
      initializers: [
        Tensor.ofFloats('w', [3, 2], [1, 2, 3, 4, 5, 6]),
        Tensor.ofFloats('b', [2], [0.5, -0.5]),
      ],
      nodes: [
        {
          opType: 'Gemm',
          name: 'dense',
          inputs: ['x', 'w', 'b'],
          outputs: ['h'],
          attributes: { alpha: attribute.float(2) },
        },
        { opType: 'Mystery', domain: 'org.example', name: 'odd', inputs: ['h'], outputs: ['y'] },
      ],
      domains: { 'org.example': 3 },
    }),
  );

function refusal(bytes: Uint8Array, options?: ReadOptions): OnnxError {
  try {
    readModel(bytes, options);
  } catch (error) {
    if (error instanceof OnnxError) return error;
    throw error;
  }
  throw new Error('the model was accepted');
}

describe('readModel', () => {
  it('reads back what was written, unknown operators included', () => {
    const model = readModel(small());
    expect(model.graph.inputs.map(({ name, dims }) => [name, dims])).toEqual([['x', ['batch', 3]]]);
    expect([...model.opsets]).toEqual([
      ['', 17],
      ['org.example', 3],
    ]);
    expect(model.graph.nodes.map((node) => node.label)).toEqual([
      'Gemm "dense"',
      'org.example.Mystery "odd"',
    ]);
    expect(model.graph.producerOf('h')?.float('alpha')).toBe(2);
    expect([...(model.graph.initializers.get('w')?.floats() ?? [])]).toEqual([1, 2, 3, 4, 5, 6]);
  });

  it('writes the same bytes for the same model', () => {
    const bytes = small();
    expect(Buffer.compare(writeModel(readModel(bytes)), bytes)).toBe(0);
  });

  it('does not copy aligned tensor data', () => {
    const bytes = small();
    const tensor = readModel(bytes).graph.initializers.get('w');
    expect(tensor?.bytes.buffer).toBe(bytes.buffer);
  });

  it('refuses what is no model', () => {
    const texts: Uint8Array[] = [
      new Uint8Array(0),
      new TextEncoder().encode('hello world, this is not a model'),
      Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a),
      new TextEncoder().encode('{"schema":"hamon.bundle/1"}'),
    ];
    for (const text of texts) expect(refusal(text).code).toBe('not-onnx');
  });

  it('says that a file was cut short', () => {
    const bytes = small();
    const error = refusal(bytes.subarray(0, Math.floor(bytes.length / 2)));
    expect(error.code).toBe('truncated');
    expect(error.message).toContain('graph claims');
  });

  it('names the tensor whose bytes do not fit its shape', () => {
    const tensor = Tensor.ofFloats('w', [2], [1, 2]);
    const bytes = writeModel(
      createModel({
        inputs: { x: { dims: [2] } },
        outputs: { y: { dims: [2] } },
        initializers: [tensor],
        nodes: [{ opType: 'Add', inputs: ['x', 'w'], outputs: ['y'] }],
      }),
    );
    // The one dimension of the initializer: field 1 (tag 8), value 2, just before its element type (tag 16, value 1).
    const at = Buffer.from(bytes).indexOf(Buffer.from([8, 2, 16, 1, 66]));
    const huge = Uint8Array.from(bytes);
    huge[at + 1] = 0x7f;
    const error = refusal(huge);
    expect(error.code).toBe('invalid-tensor');
    expect(error.message).toBe('tensor "w" float32[127] needs 508 bytes, has 8');
  });

  it.each<[string, Partial<Parameters<typeof createModel>[0]>, OnnxErrorCode, string]>([
    [
      'reads what nothing makes',
      { nodes: [{ opType: 'Relu', inputs: ['nowhere'], outputs: ['y'] }] },
      'invalid-graph',
      '"nowhere"',
    ],
    ['has an output that nothing makes', { nodes: [] }, 'invalid-graph', '"y"'],
    [
      'goes round in circles',
      {
        nodes: [
          { opType: 'Add', inputs: ['x', 'b'], outputs: ['a'] },
          { opType: 'Relu', inputs: ['a'], outputs: ['b'] },
          { opType: 'Relu', inputs: ['b'], outputs: ['y'] },
        ],
      },
      'invalid-graph',
      'cycle',
    ],
  ])('refuses a graph that %s', (_, change, code, word) => {
    const write = (): Uint8Array =>
      writeModel(
        createModel({ inputs: { x: { dims: [1] } }, outputs: { y: { dims: [1] } }, nodes: [], ...change }),
      );
    // A cycle cannot be written either.
    const error = word === 'cycle' ? caught(write) : refusal(write());
    expect([error.code, error.message]).toEqual([code, expect.stringContaining(word)]);
  });

  it('refuses a format version before operator sets existed', () => {
    const bytes = writeModel(
      createModel({
        inputs: { x: { dims: [1] } },
        outputs: { y: { dims: [1] } },
        nodes: [{ opType: 'Relu', inputs: ['x'], outputs: ['y'] }],
        irVersion: 2,
      }),
    );
    expect(refusal(bytes).code).toBe('unsupported-version');
  });

  it.each<[string, ReadOptions['limits'] & object]>([
    ['bytes', { maxBytes: 10 }],
    ['parts', { maxObjects: 5 }],
    ['levels', { maxDepth: 2 }],
  ])('keeps its limit on %s', (word, limits) => {
    const error = refusal(small(), { limits });
    expect([error.code, error.message]).toEqual(['too-large', expect.stringContaining(word)]);
  });
});

function caught(action: () => unknown): OnnxError {
  try {
    action();
  } catch (error) {
    if (error instanceof OnnxError) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}
