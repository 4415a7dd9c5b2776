import { z } from 'zod';
import { ModbusAddress } from './modbus.js';

const ModbusCoil = z.strictObject({
  address: ModbusAddress,
  /**
   * On while the last answer is a defect, is none, is an error, has the label; `toggle` changes with each answer; `alive`
   * is on while answers come at all.
   */
  value: z.union([
    z.enum(['defect', 'ok', 'error', 'toggle', 'alive']),
    z.string().regex(/^label:.{1,100}$/, 'must be one of defect, ok, error, toggle, alive, label:NAME'),
  ]),
});
export type ModbusCoil = z.infer<typeof ModbusCoil>;

const ModbusRegister = z.strictObject({
  address: ModbusAddress,
  value: z.union([
    z.enum(['verdict', 'label', 'confidence', 'score', 'count', 'latencyMs', 'answers', 'correlation']),
    z
      .string()
      .regex(
        /^value:.{1,100}$/,
        'must be one of verdict, label, confidence, score, count, latencyMs, answers, correlation, value:NAME',
      ),
  ]),
  /** What the value is multiplied by before it is written. */
  scale: z.number().refine(Number.isFinite).default(1),
  type: z.enum(['uint16', 'int16', 'uint32', 'int32', 'float32']).default('uint16'),
  /** Which half of 32 bits the lower address holds. */
  words: z.enum(['high-first', 'low-first']).default('high-first'),
  /** Where an answer has no such value; written as it is. */
  otherwise: z.number().refine(Number.isFinite).default(0),
});
export type ModbusRegister = z.infer<typeof ModbusRegister>;

/** What is written to a PLC with each answer. */
export const ModbusMapping = z.strictObject({
  coils: z.array(ModbusCoil).max(64).default([]),
  /** All of them fit one request. */
  registers: z.array(ModbusRegister).max(60).default([]),
  /** `alive` coils go off when no answer has come for so long. */
  aliveMs: z.int().min(100).max(3_600_000).default(5000),
  /** Numbers labels for the value `label`, from 0; the order of a classifier's own where it is left out. */
  labels: z.array(z.string().min(1).max(100)).min(1).max(1000).exactOptional(),
});
export type ModbusMapping = z.infer<typeof ModbusMapping>;

/** Registers that a value takes. */
export const wordsOf = ({ type }: Pick<ModbusRegister, 'type'>): 1 | 2 => (type.endsWith('16') ? 1 : 2);

interface MappingProblem {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

/** Something is written, and nothing twice. */
export function modbusProblems({
  coils,
  registers,
}: Pick<ModbusMapping, 'coils' | 'registers'>): MappingProblem[] {
  if (coils.length + registers.length === 0) {
    return [{ path: ['coils'], message: 'must name what is written, or registers must' }];
  }
  const problems: MappingProblem[] = [];
  const claim = (list: string): ((i: number, address: number, words: number) => void) => {
    const taken = new Set<number>();
    return (i, address, words) => {
      const all = Array.from({ length: words }, (_, word) => address + word);
      const path = [list, i, 'address'];
      if (all.some((one) => taken.has(one))) problems.push({ path, message: `${address} is written twice` });
      if (address + words > 65_536) problems.push({ path, message: `has no room for ${words * 16} bits` });
      for (const one of all) taken.add(one);
    };
  };
  const [claimCoil, claimRegister] = [claim('coils'), claim('registers')];
  coils.forEach(({ address }, i) => claimCoil(i, address, 1));
  registers.forEach((register, i) => claimRegister(i, register.address, wordsOf(register)));
  return problems;
}
