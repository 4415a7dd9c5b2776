import type { DeviceCondition } from '@hamon/contracts';

export type ConditionCode = DeviceCondition['code'];
export type Trouble = Omit<DeviceCondition, 'code' | 'since'>;

/** Says that a trouble lasts, or that it is over. It may be repeated as often as somebody looks. */
export type TellCondition = (code: ConditionCode, trouble: Trouble | null) => void;

const MOST_CHARACTERS = 300;

/** The troubles of this device that last, each with its beginning; at most one of each kind. */
export class Conditions {
  private readonly standing = new Map<ConditionCode, DeviceCondition>();

  /** @param onChanged a trouble began or ended; that its figures moved is no news */
  constructor(
    private readonly now: () => Date,
    private readonly onChanged: () => void,
  ) {}

  readonly tell: TellCondition = (code, trouble) => {
    const before = this.standing.get(code);
    if (!trouble) {
      if (this.standing.delete(code)) this.onChanged();
      return;
    }
    const { detail, share } = trouble;
    this.standing.set(code, {
      code,
      since: before?.since ?? this.now().toISOString(),
      detail: detail.slice(0, MOST_CHARACTERS),
      ...(share !== undefined && { share }),
    });
    if (!before) this.onChanged();
  };

  list(): DeviceCondition[] {
    return [...this.standing.values()];
  }
}
