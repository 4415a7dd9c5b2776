import { describe, expect, it } from 'vitest';
import { hardwareClassOf } from '../../src/choose/hardware-class.js';

const facts = { arch: 'arm64', cores: 4, memoryMb: 3792, onnxruntime: '1.30.0', accelerators: ['asimddp'] };

describe('hardwareClassOf', () => {
  it.each([
    [facts, 'arm64-4c-4g-ort1.30-asimddp'],
    [{ ...facts, memoryMb: 900 }, 'arm64-4c-1g-ort1.30-asimddp'],
    [{ ...facts, accelerators: [] }, 'arm64-4c-4g-ort1.30-plain'],
    [
      { ...facts, arch: 'x64', accelerators: ['avx2', 'avx512f', 'avx512_vnni'] },
      'x64-4c-4g-ort1.30-avx512_vnni',
    ],
    [{ ...facts, arch: 'x64', accelerators: ['avx2'] }, 'x64-4c-4g-ort1.30-avx2'],
    [
      { ...facts, arch: 'x64', accelerators: ['webgpu', 'cuda', 'avx2'] },
      'x64-4c-4g-ort1.30-avx2-cuda-webgpu',
    ],
  ])('names %j', (given, name) => {
    expect(hardwareClassOf(given)).toBe(name);
  });

  it('is the same for devices of one kind whose kernels leave them a little more or less', () => {
    expect(hardwareClassOf({ ...facts, memoryMb: 3701 })).toBe(hardwareClassOf(facts));
  });
});
