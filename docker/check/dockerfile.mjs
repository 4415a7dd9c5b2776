/** A Dockerfile as its stages, as far as those beside this file go. */

/** @returns [{ name, from, steps: [{ verb, text }] }] */
export function stagesOf(text) {
  const lines = text
    .split('\n')
    .filter((line) => !line.startsWith('#'))
    .join('\n')
    .replaceAll(/\\\n\s*/g, '')
    .split('\n')
    .filter((line) => line.trim() !== '');
  const stages = [];
  for (const line of lines) {
    const [, verb, rest] = /^(\S+)\s+(.*)$/.exec(line);
    if (verb === 'FROM') {
      const [from, , name] = rest.split(/\s+/);
      stages.push({ name: name ?? `stage-${stages.length}`, from, steps: [] });
    } else {
      stages.at(-1).steps.push({ verb, text: rest });
    }
  }
  return stages;
}

/** `A=b C="d e"` → { A: 'b', C: 'd e' } */
export const assignmentsOf = (text) =>
  Object.fromEntries(
    [...text.matchAll(/([A-Za-z_]\w*)=("[^"]*"|\S+)/g)].map(([, name, value]) => [
      name,
      value.replaceAll('"', ''),
    ]),
  );
