import { OnnxError } from './errors.js';
import type { OnnxModel } from './onnx-model.js';

/**
 * For passes that must understand every node: refuses a model with any other operator, by name.
 * @param known `opType`, or `domain.opType` outside of ONNX's own domain
 * @throws OnnxError `unsupported-operator` naming all unknown operators and the first node of each
 */
export function requireOperators(model: OnnxModel, known: ReadonlySet<string>, purpose: string): void {
  const unknown = new Map<string, string>();
  for (const node of model.graph.topological()) {
    const own = node.domain === '' || node.domain === 'ai.onnx';
    const key = own ? node.opType : `${node.domain}.${node.opType}`;
    if (!known.has(key) && !unknown.has(key)) unknown.set(key, node.label);
  }
  if (unknown.size === 0) return;
  const list = [...unknown].map(([operator, label]) => `${operator} (${label})`).join(', ');
  throw new OnnxError('unsupported-operator', `${purpose} does not know the operator ${list}`);
}

/** @throws OnnxError `unsupported-version` where ONNX's operator set is outside of [from, to] */
export function requireOpset(model: OnnxModel, from: number, to: number, purpose: string): void {
  if (model.opset < from || model.opset > to)
    throw new OnnxError(
      'unsupported-version',
      `${purpose} needs operator set ${from} to ${to}, the model uses ${model.opset}`,
    );
}
