import { describe, expect, it } from 'vitest';
import { describeProblems, DeviceConfig, fieldProblems } from '../src/index.js';

const problemOf = (first: object, second: object): string => {
  const streams = [first, second].map((source, i) => ({
    ...{ name: `s${i}`, source: { kind: 'drop-folder', ...source } },
  }));
  const parsed = DeviceConfig.safeParse({ streams });
  return parsed.success ? 'none' : describeProblems(fieldProblems(parsed.error));
};

describe('two drop folders', () => {
  it.each([
    ['/a', '/a/'],
    ['/a', '//a/./b/..'],
    ['a', './a'],
    ['../a', 'b/../../a'],
  ])('are one where they are written as %s and %s, and need the same settings', (path, other) => {
    expect(problemOf({ path }, { path: other })).toBe('none');
    expect(problemOf({ path }, { path: other, after: 'delete' })).toMatch(
      /^streams\.1\.source: must be the same as that of streams\.0, which takes the files of/,
    );
  });

  it.each([
    ['/a', '/a/b'],
    ['/a/', '/a/b/done'],
    ['/', '/a'],
    ['.', 'a'],
  ])('may not lie in each other where the outer one is recursive: %s, %s', (outer, inner) => {
    expect(problemOf({ path: outer, recursive: true }, { path: inner })).toBe(
      'streams.1.source.path: must not lie in the folder of streams.0, which takes the files of its subfolders (recursive)',
    );
    expect(problemOf({ path: inner }, { path: outer, recursive: true })).toBe(
      `streams.1.source.recursive: must be false: the folder of streams.0, ${inner}, is one of its subfolders`,
    );
    expect(problemOf({ path: outer }, { path: inner, recursive: true })).toBe('none');
  });

  it.each([
    ['/a', '/ab'],
    ['.', '../a'],
    ['.', '/a'],
    ['a/b', 'a/c'],
  ])('are two beside each other: %s, %s', (path, other) => {
    expect(problemOf({ path, recursive: true }, { path: other, recursive: true })).toBe('none');
  });
});
