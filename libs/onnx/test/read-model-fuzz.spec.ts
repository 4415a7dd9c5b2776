import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import {
  attribute,
  createModel,
  OnnxError,
  readModel,
  simplify,
  Tensor,
  writeModel,
  type NewNode,
} from '../src/index.js';

const BYTES = writeModel(
  createModel({
    inputs: { image: { dims: ['batch', 1, 6, 6] } },
    outputs: { scores: { dims: ['batch', 2] } },
    initializers: [
      Tensor.ofFloats(
        'kernel',
        [2, 1, 3, 3],
        Array.from({ length: 18 }, (_, at) => at / 9 - 1),
      ),
      Tensor.ofFloats(
        'dense',
        [32, 2],
        Array.from({ length: 64 }, (_, at) => Math.cos(at)),
      ),
      Tensor.ofInts('shape', [2], [-1, 32]),
    ],
    nodes: [
      {
        opType: 'Conv',
        name: 'convolution',
        inputs: ['image', 'kernel'],
        outputs: ['c'],
        attributes: { kernel_shape: attribute.ints([3, 3]), auto_pad: attribute.string('VALID') },
      },
      { opType: 'Relu', inputs: ['c'], outputs: ['r'] },
      { opType: 'Reshape', inputs: ['r', 'shape'], outputs: ['f'] },
      { opType: 'MatMul', inputs: ['f', 'dense'], outputs: ['scores'] },
    ],
  }),
);

/** Reads, and goes on to work with what was accepted; only an OnnxError may come out of it. */
function survives(bytes: Uint8Array): void {
  try {
    const { model } = simplify(readModel(bytes));
    writeModel(model);
  } catch (error) {
    if (!(error instanceof OnnxError)) throw error;
  }
}

/** A varint of five bytes: any length up to 32 GiB. */
const claim = (value: number): number[] =>
  Array.from({ length: 5 }, (_, at) => (Math.floor(value / 2 ** (7 * at)) & 0x7f) | (at < 4 ? 0x80 : 0));

describe('readModel under hostile bytes', () => {
  it('survives every truncation', () => {
    for (let length = 0; length < BYTES.length; length += 1) {
      const cut = BYTES.subarray(0, length);
      expect(() => readModel(cut)).toThrow(OnnxError);
    }
  });

  it('survives every single flipped bit', () => {
    for (let at = 0; at < BYTES.length; at += 1)
      for (let bit = 0; bit < 8; bit += 1) {
        const flipped = Uint8Array.from(BYTES);
        flipped[at] = (flipped[at] ?? 0) ^ (1 << bit);
        survives(flipped);
      }
  });

  it('survives several overwritten, removed or inserted pieces', () => {
    const edit = fc.tuple(fc.nat(BYTES.length), fc.nat(6), fc.uint8Array({ maxLength: 12 }));
    fc.assert(
      fc.property(fc.array(edit, { minLength: 1, maxLength: 6 }), (edits) => {
        let bytes = [...BYTES];
        for (const [at, removed, inserted] of edits)
          bytes = [...bytes.slice(0, at), ...inserted, ...bytes.slice(at + removed)];
        survives(Uint8Array.from(bytes));
      }),
      { numRuns: 1_500 },
    );
  });

  it('believes no length that the file does not have', () => {
    for (let at = 0; at < BYTES.length; at += 1)
      for (const length of [2 ** 20, 2 ** 31 - 1, 2 ** 32 - 1, 2 ** 34])
        survives(Uint8Array.from([...BYTES.subarray(0, at), ...claim(length), ...BYTES.subarray(at + 1)]));
  });

  it('refuses few bytes that stand for many objects before making them', () => {
    const nodes = new Uint8Array(4_000_000);
    for (let at = 0; at < nodes.length; at += 2) nodes[at] = 0x0a;
    const bytes = Uint8Array.from([0x08, 8, 0x3a, ...claim(nodes.length), ...nodes]);
    const before = process.memoryUsage().heapUsed;
    expect(() => readModel(bytes)).toThrow('more than 300000 parts');
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(64 * 2 ** 20);
  });

  it('refuses few bytes that stand for many numbers before making them', () => {
    // graph.initializer.int64_data, packed: a byte in the file, a bigint in memory.
    const numbers = 8_000_000;
    const tensor = [0x3a, ...claim(numbers)];
    const initializer = [0x2a, ...claim(tensor.length + numbers)];
    const head = [
      0x08,
      8,
      0x3a,
      ...claim(initializer.length + tensor.length + numbers),
      ...initializer,
      ...tensor,
    ];
    const bytes = new Uint8Array(head.length + numbers);
    bytes.set(head);
    expect(() => readModel(bytes)).toThrow('more numbers outside of raw data');
  });

  it.each<[string, number[], Partial<NewNode>]>([
    ['strung together', [4], { opType: 'Concat', attributes: { axis: attribute.int(0) } }],
    ['picked by themselves', [2, 2], { opType: 'Gather' }],
  ])(
    'works on numbers that are %s again and again in bounded memory',
    (_, dims, { opType = '', ...rest }) => {
      const doubling = Array.from({ length: 40 }, (_each, at): NewNode => {
        const from = `c${at}`;
        return { opType, inputs: [from, from], outputs: [`c${at + 1}`], ...rest };
      });
      const bytes = writeModel(
        createModel({
          inputs: { x: { dims: [1] } },
          outputs: { y: { dims: [1], dataType: 'int64' } },
          initializers: [Tensor.ofInts('c0', dims, [0, 1, 1, 0]), Tensor.ofInts('flat', [1], [-1])],
          nodes: [
            ...doubling,
            { opType: 'Reshape', inputs: ['c40', 'flat'], outputs: ['f'] },
            { opType: 'Identity', inputs: ['f'], outputs: ['y'] },
          ],
        }),
      );
      const before = process.memoryUsage().rss;
      survives(bytes);
      expect(process.memoryUsage().rss - before).toBeLessThan(128 * 2 ** 20);
    },
  );

  it('works on any chain of constants in bounded memory', () => {
    const int = (name: string, values: readonly number[]): Tensor =>
      Tensor.ofInts(name, [values.length], values);
    const links: readonly ((from: string) => Omit<NewNode, 'outputs'>)[] = [
      (from) => ({ opType: 'Concat', inputs: [from, from], attributes: { axis: attribute.int(0) } }),
      (from) => ({ opType: 'Concat', inputs: [from, from, from], attributes: { axis: attribute.int(-1) } }),
      (from) => ({ opType: 'Gather', inputs: [from, from] }),
      (from) => ({ opType: 'Expand', inputs: [from, 'large'] }),
      (from) => ({ opType: 'Tile', inputs: [from, 'large'] }),
      (from) => ({ opType: 'Unsqueeze', inputs: [from, 'axis'] }),
      (from) => ({ opType: 'Reshape', inputs: [from, 'flat'] }),
      (from) => ({ opType: 'Mul', inputs: [from, from] }),
      (from) => ({ opType: 'Shape', inputs: [from] }),
      (from) => ({ opType: 'ConstantOfShape', inputs: [from] }),
      (from) => ({ opType: 'Cast', inputs: [from], attributes: { to: attribute.int(7) } }),
      (from) => ({ opType: 'Transpose', inputs: [from] }),
    ];
    const link = fc.nat(links.length - 1);
    const before = process.memoryUsage().rss;
    fc.assert(
      fc.property(fc.array(link, { minLength: 1, maxLength: 30 }), (chain) => {
        const nodes = chain.map((kind, at): NewNode => {
          const spec = links[kind]?.(`c${at}`);
          if (spec === undefined) throw new Error('every kind has a link');
          return { ...spec, outputs: [`c${at + 1}`] };
        });
        const model = createModel({
          inputs: { x: { dims: [1] } },
          outputs: { y: { dims: [1], dataType: 'int64' } },
          initializers: [
            int('c0', [0, 1, 2, 3]),
            int('large', [300, 4]),
            int('axis', [0]),
            int('flat', [-1]),
          ],
          nodes: [...nodes, { opType: 'Identity', inputs: [`c${chain.length}`], outputs: ['y'] }],
        });
        survives(writeModel(model));
      }),
      { numRuns: 150 },
    );
    expect(process.memoryUsage().rss - before).toBeLessThan(512 * 2 ** 20);
  });

  it('works on a node with very many inputs', () => {
    const inputs = Array.from({ length: 250_000 }, () => 'x');
    const bytes = writeModel(
      createModel({
        inputs: { x: { dims: [1] } },
        outputs: { y: { dims: [1] } },
        nodes: [
          { opType: 'Sum', inputs, outputs: ['s'] },
          { opType: 'Relu', inputs: ['s'], outputs: ['y'] },
        ],
      }),
    );
    expect(simplify(readModel(bytes)).model.graph.nodeCount).toBe(2);
  });

  it('refuses graphs nested too deeply', () => {
    // graph.node.attribute.g, again and again.
    let inner: number[] = [];
    for (let depth = 0; depth < 200; depth += 1) {
      const graph = [0x32, ...claim(inner.length), ...inner];
      const node = [0x2a, ...claim(graph.length), ...graph];
      inner = [0x0a, ...claim(node.length), ...node];
    }
    expect(() => readModel(Uint8Array.from([0x08, 8, 0x3a, ...claim(inner.length), ...inner]))).toThrow(
      'levels deep',
    );
  });
});
