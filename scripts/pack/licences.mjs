/** The list of what is installed with a package of ours, and under which licence. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** What may be shipped with software under Apache-2.0. LGPL: libvips, a library of its own that can be replaced. */
const ACCEPTED = [
  ...[
    'MIT',
    'MIT-0',
    'ISC',
    'BSD-2-Clause',
    'BSD-3-Clause',
    '0BSD',
    'Apache-2.0',
    'BlueOak-1.0.0',
    'Unlicense',
  ],
  ...['CC0-1.0', 'Python-2.0', 'LGPL-3.0-or-later'],
];
/** `(MIT OR Apache-2.0)`: one of them; `A AND B`: each. */
const isAccepted = (expression) =>
  expression
    .replaceAll(/[()]/g, '')
    .split(' AND ')
    .every((all) => all.split(' OR ').some((one) => ACCEPTED.includes(one.trim())));

const nameOf = (place) => place.slice(place.lastIndexOf('node_modules/') + 'node_modules/'.length);

/** Some say it in their own description alone. */
function licenceOf(root, { place, license }) {
  const file = join(root, place, 'package.json');
  const said = license ?? (existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')).license : undefined);
  return typeof said === 'object' ? said.type : said;
}

/** @throws Error naming the packages whose licence is unknown or does not go with ours */
export function licenceList(root, title, closure) {
  const rows = closure.map((entry) => ({
    name: nameOf(entry.place),
    version: entry.version,
    licence: licenceOf(root, entry),
    isOptional: entry.optional === true,
  }));
  const wrong = rows.filter(({ licence }) => licence === undefined || !isAccepted(licence));
  if (wrong.length > 0) {
    const named = wrong.map(({ name, version, licence }) => `${name}@${version} (${licence ?? 'none'})`);
    throw new Error(`not to be shipped with ${title}: ${named.join(', ')}`);
  }
  const unique = [...new Map(rows.map((row) => [`${row.name}@${row.version}`, row])).entries()].sort();
  return [
    `What npm installs with ${title}. Each package brings the text of its licence along.`,
    'Packages marked * are for one platform each: npm installs those of the machine.',
    '',
    ...unique.map(([id, { licence, isOptional }]) => `${licence}  ${id}${isOptional ? ' *' : ''}`),
    '',
  ].join('\n');
}
