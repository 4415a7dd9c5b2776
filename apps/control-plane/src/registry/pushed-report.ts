import { digestOfRecipe, hardwareClassOf } from '@hamon/compress';
import type { PushVersion } from '@hamon/contracts';
import { ControlPlaneError } from '../platform/errors.js';

/** Does the report belong to these very files, and is it consistent in itself? */
export function checkReport({ bundle, files, report }: PushVersion): void {
  if (report === undefined) return;
  const { model, version, machine, provenance, variants, selection } = report;
  if (model !== bundle.model) refuse('report.model', `must be "${bundle.model}", the model that is pushed`);
  if (version !== bundle.version)
    refuse('report.version', `must be "${bundle.version}", the version that is pushed`);
  const hardwareClass = hardwareClassOf(machine.facts);
  if (machine.hardwareClass !== hardwareClass)
    refuse('report.machine.hardwareClass', `must be "${hardwareClass}", as the machine's facts say`);
  if (provenance.recipeSha256 !== digestOfRecipe(provenance.recipe))
    refuse('report.provenance.recipeSha256', 'must be the digest of the recipe in canonical JSON');

  variants.forEach(({ name, file, sha256, figures }, i) => {
    const field = `report.variants.${i}`;
    const pushed = bundle.variants.find((variant) => variant.name === name);
    if (pushed === undefined) refuse(`${field}.name`, `"${name}" is no variant of the bundle`);
    if (file !== pushed.file) refuse(`${field}.file`, `must be "${pushed.file}", the file of ${name}`);
    const stored = files.find(({ path }) => path === file);
    if (stored?.sha256 !== sha256)
      refuse(`${field}.sha256`, `must be ${stored?.sha256 ?? 'that'}, the digest of "${file}" as pushed`);
    if (stored.length !== figures.bytes)
      refuse(`${field}.figures.bytes`, `must be ${stored.length}, the length of "${file}"`);
  });
  if (selection.variant !== undefined && !variants.some(({ name }) => name === selection.variant))
    refuse('report.selection.variant', `"${selection.variant}" is no variant of the report`);
}

function refuse(field: string, rule: string): never {
  throw new ControlPlaneError(
    'report-refused',
    `${field}: ${rule}. A report belongs to exactly the files that it was made with: compress again, or push without report.json.`,
    { errors: [{ field, rule }] },
  );
}
