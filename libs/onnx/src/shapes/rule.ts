import type { ElementType } from '../element-type.js';
import type { GraphNode } from '../graph-node.js';
import type { Tensor } from '../tensor.js';
import type { Dims } from './dimensions.js';

/** Type and shape of one tensor, each as far as known. */
export interface Fact {
  readonly dataType: ElementType | undefined;
  readonly dims: Dims | undefined;
}

/** What a rule may ask about its node. */
export interface RuleInput {
  readonly node: GraphNode;
  fact(index: number): Fact;
  /** Shape of an input; `undefined` when unknown or when the input is left out. */
  dims(index: number): Dims | undefined;
  type(index: number): ElementType | undefined;
  has(index: number): boolean;
  constant(index: number): Tensor | undefined;
  /** The numbers of a small integer tensor, unknown ones among them: what a computed shape is made of. */
  numbers(index: number): Dims | undefined;
  /** A list of integers that older operator sets give as attribute and newer ones as input; `undefined` when neither. */
  list(attribute: string, index: number): readonly number[] | undefined;
}

/** Gives the facts of a node's outputs, in order; fewer than there are outputs means unknown. */
export type Rule = (input: RuleInput) => readonly Fact[];

export const UNKNOWN: Fact = { dataType: undefined, dims: undefined };
