import type { SourceOf } from './sources.js';

type Field = readonly (string | number)[];

/** A stream's drop folder. */
export interface PlacedDrops {
  readonly source: SourceOf<'drop-folder'>;
  /** Where the source stands. */
  readonly at: Field;
  /** Its stream, as a sentence names it. */
  readonly stream: string;
}

interface Problem {
  readonly path: Field;
  readonly message: string;
}

/** Streams that share a folder share one look at it: two would move each other's files away. */
export function sharedDropProblems(drops: readonly PlacedDrops[]): Problem[] {
  const placed = drops.map((one) => {
    const path = plainPath(one.source.path);
    return { ...one, path, text: JSON.stringify({ ...one.source, path }) };
  });
  return placed.flatMap((own, i) => {
    const former = placed.slice(0, i);
    const same = former.findLast(({ path }) => path === own.path);
    if (same && same.text !== own.text) {
      const message = `must be the same as that of ${same.stream}, which takes the files of ${own.source.path} too`;
      return [{ path: own.at, message }];
    }
    const outer = former.find(({ source, path }) => source.recursive && isBelow(path, own.path));
    if (outer) {
      const message = `must not lie in the folder of ${outer.stream}, which takes the files of its subfolders (recursive)`;
      return [{ path: [...own.at, 'path'], message }];
    }
    const inner = own.source.recursive && former.find(({ path }) => isBelow(own.path, path));
    if (!inner) return [];
    const message = `must be false: the folder of ${inner.stream}, ${inner.source.path}, is one of its subfolders`;
    return [{ path: [...own.at, 'recursive'], message }];
  });
}

/** Without what says nothing: `/a//b/./c/../` is `/a/b`. Links are known on the device alone. */
function plainPath(path: string): string {
  const root = /^[\\/]/.test(path) ? '/' : '';
  const parts: string[] = [];
  for (const part of path.split(/[\\/]+/)) {
    if (part === '' || part === '.') continue;
    if (part !== '..') parts.push(part);
    else if (parts.length > 0 && parts.at(-1) !== '..') parts.pop();
    else if (root === '') parts.push(part);
  }
  return `${root}${parts.join('/')}`;
}

function isBelow(folder: string, path: string): boolean {
  if (path === folder) return false;
  return folder === ''
    ? !/^(\/|\.\.(\/|$))/.test(path)
    : path.startsWith(folder === '/' ? folder : `${folder}/`);
}
