import { hashedId } from '../../hashed-id.js';
import type { FileStamp } from './file-stamp.js';
import { nameBytes, type RawName } from './raw-name.js';

/**
 * The id of the answer about one file on one stream: the same for the same stream, name, size and time of writing, however
 * often it is answered.
 */
export function frameId(stream: string, name: RawName, { bytes, modifiedNs }: FileStamp): string {
  return hashedId(`${stream}\0${bytes}\0${modifiedNs}\0`, nameBytes(name));
}
