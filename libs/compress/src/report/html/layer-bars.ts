import { ORIGINAL_VARIANT } from '@hamon/contracts';
import type { CompressReport, LayerReport } from '../compress-report.js';
import { escape } from './escape.js';
import { bytesText, macsText, percentText, shortText } from './words.js';

/** One row per layer: bytes of its weights in the original and in one variant, and how much int8 would move the outputs. */
export function layerBars({ layers, variants, selection }: CompressReport): string {
  if (layers.length === 0) return '';
  const compared = comparedVariant(
    layers,
    variants.map(({ name }) => name),
    selection,
  );
  const largest = Math.max(1, ...layers.map(({ bytes }) => bytes[ORIGINAL_VARIANT] ?? 0));
  const worst = Math.max(0, ...layers.map(({ sensitivity }) => sensitivity ?? 0));
  const total = layers.reduce((sum, { macs }) => sum + (macs ?? 0), 0);
  const hasSensitivity = layers.some(({ sensitivity }) => sensitivity !== undefined);
  const rows = layers.map((layer) => {
    const before = layer.bytes[ORIGINAL_VARIANT] ?? 0;
    const after = compared === undefined ? undefined : layer.bytes[compared];
    const bars = `${bar('before', before / largest)}${after === undefined ? '' : bar('after', after / largest)}`;
    const sizes = `${bytesText(before)}${after === undefined ? '' : ` → ${bytesText(after)}`}`;
    const share = layer.macs === undefined || total === 0 ? '' : percentText(layer.macs / total);
    return `<tr><th scope="row" title="${escape(layer.name)}">${escape(shortName(layer.name))}</th><td class="operator">${escape(layer.operator)}</td><td class="number" title="${layer.macs === undefined ? '' : `${macsText(layer.macs)} multiply-accumulates`}">${share}</td><td class="bars">${bars}</td><td class="number">${sizes}</td>${hasSensitivity ? sensitivityCells(layer, worst) : ''}</tr>`;
  });
  const legend = `<span class="key before"></span>${ORIGINAL_VARIANT}${compared === undefined ? '' : ` <span class="key after"></span>${escape(compared)}`}`;
  return `<div class="scroll"><table class="layers">
<thead><tr><th>layer</th><th>operator</th><th class="number">work</th><th>weights: ${legend}</th><th class="number">bytes</th>${hasSensitivity ? '<th colspan="2">sensitivity to int8</th>' : ''}</tr></thead>
<tbody>${rows.join('\n')}</tbody></table></div>`;
}

function sensitivityCells({ sensitivity }: LayerReport, worst: number): string {
  if (sensitivity === undefined) return '<td class="bars"></td><td class="number"></td>';
  const share = worst === 0 ? 0 : sensitivity / worst;
  return `<td class="bars">${bar('hurt', share)}</td><td class="number">${shortText(sensitivity)}</td>`;
}

const bar = (kind: string, share: number): string =>
  `<span class="bar ${kind}" style="width:${(Math.max(0.002, Math.min(1, share)) * 100).toFixed(1)}%"></span>`;

/** The chosen variant if its layers are known; else the first that has any. */
function comparedVariant(
  layers: readonly LayerReport[],
  names: readonly string[],
  selection: CompressReport['selection'],
): string | undefined {
  const known = names.filter(
    (name) => name !== ORIGINAL_VARIANT && layers.some(({ bytes }) => bytes[name] !== undefined),
  );
  return selection.kind === 'chosen' && known.includes(selection.variant) ? selection.variant : known[0];
}

const MAX_NAME = 44;
/** The end of a node's name tells layers apart, the beginning is the same for all. */
const shortName = (name: string): string =>
  name.length <= MAX_NAME ? name : `…${name.slice(name.length - MAX_NAME + 1)}`;
