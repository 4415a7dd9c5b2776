import { readdirSync, readFileSync } from 'node:fs';
import type { JsonMessageName } from '../src/index.js';

/** A recorded message: `<message>.<valid|invalid>.<what it shows>.json`. Old ones stay: devices in the field send them. */
export interface GoldenMessage {
  readonly file: string;
  readonly name: JsonMessageName;
  readonly valid: boolean;
  readonly bytes: Uint8Array;
}

const FOLDER = new URL('./golden/', import.meta.url);

export function goldenMessages(): GoldenMessage[] {
  return readdirSync(FOLDER)
    .sort()
    .map((file) => {
      const [name, validity] = file.split('.');
      return {
        file,
        name: name as JsonMessageName,
        valid: validity === 'valid',
        bytes: new Uint8Array(readFileSync(new URL(file, FOLDER))),
      };
    });
}
