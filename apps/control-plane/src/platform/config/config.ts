import type { ConfigValues } from './settings.js';

const Values = class {} as new () => ConfigValues;

/** The validated configuration, injectable. */
export class Config extends Values {
  constructor(values: ConfigValues) {
    super();
    Object.assign(this, values);
    Object.freeze(this);
  }
}
