import type { ConditionCode, TellCondition, Trouble } from '../conditions.js';

/**
 * Several parts of one kind (streams, models, sinks) share the device's one condition of a code: it stands while any of
 * them is in trouble, and says which.
 */
export class JointConditions {
  private readonly parts = new Set<string>();
  private readonly standing = new Map<ConditionCode, Map<string, Trouble>>();

  constructor(private readonly tell: TellCondition) {}

  /** @param name what people call the part; said only where there are several */
  part(name: string): TellCondition {
    this.parts.add(name);
    return (code, trouble) => {
      const troubles = this.standing.get(code) ?? new Map<string, Trouble>();
      this.standing.set(code, troubles);
      if (trouble) troubles.set(name, trouble);
      else troubles.delete(name);
      this.tell(code, this.joined(troubles));
    };
  }

  /** It is gone, and its troubles with it. */
  leave(name: string): void {
    this.parts.delete(name);
    for (const [code, troubles] of this.standing) {
      if (troubles.delete(name)) this.tell(code, this.joined(troubles));
    }
  }

  private joined(troubles: ReadonlyMap<string, Trouble>): Trouble | null {
    if (troubles.size === 0) return null;
    const isOne = this.parts.size === 1;
    const shares = [...troubles.values()].flatMap(({ share }) => share ?? []);
    return {
      detail: [...troubles].map(([name, { detail }]) => (isOne ? detail : `${name}: ${detail}`)).join('; '),
      ...(shares.length > 0 && { share: Math.max(...shares) }),
    };
  }
}
