import { describe, expect, it } from 'vitest';
import {
  databaseFault,
  missingUrlFault,
  type FoundDatabase,
} from '../../src/platform/instance/database-identity.js';
import type { FolderIdentity } from '../../src/platform/instance/folder-identity.js';

const FOLDER = '5d9d7b0e-0000-4000-8000-000000000001';
const ONE = '5d9d7b0e-0000-4000-8000-00000000000a';
const OTHER = '5d9d7b0e-0000-4000-8000-00000000000b';
const folder = (database: string | null): FolderIdentity => ({
  ...{ schema: 'hamon.data-folder/1', id: FOLDER, home: '/srv/hamon', database },
});
const EMPTY: FoundDatabase = { kind: 'empty' };
const UNNAMED: FoundDatabase = { kind: 'unnamed' };
const named = (id: string): FoundDatabase => ({ kind: 'named', id });

describe('a data folder and the database of DATABASE_URL', () => {
  it.each([
    ['a new folder', null, 'an empty database', EMPTY],
    ['a new folder', null, 'a database with a name, as a replica', named(ONE)],
    ['a new folder', null, 'a database of a former release', UNNAMED],
    ['a folder', ONE, 'its database', named(ONE)],
    ['a folder', ONE, 'its database restored from a dump of a former release', UNNAMED],
    ['a folder', FOLDER, 'the dump of what was its embedded one', named(FOLDER)],
  ])('%s of %s goes with %s', (_, database, _found, found) => {
    expect(databaseFault(folder(database), found)).toBeUndefined();
  });

  it.each([
    ['of another instance', ONE, named(OTHER), `another instance (${OTHER})`],
    ['of another instance, for a folder with an embedded one', FOLDER, named(OTHER), 'another instance'],
    ['that is empty', ONE, EMPTY, `one with content (${ONE}): restore its dump`],
    ['that is empty, for a folder with an embedded one', FOLDER, EMPTY, 'its embedded one'],
  ])('is refused with a database %s', (_, database, found, sentence) => {
    const fault = databaseFault(folder(database), found);
    expect(fault).toContain(sentence);
    expect(fault).toContain('remove HAMON_DATA/identity.json');
  });

  it.each([
    ['new', null, undefined],
    ['with an embedded database', FOLDER, undefined],
    ['whose database DATABASE_URL named', ONE, 'DATABASE_URL is not set: set it'],
  ])('without DATABASE_URL, a folder that is %s', (_, database, sentence) => {
    const fault = missingUrlFault(folder(database));
    if (sentence === undefined) expect(fault).toBeUndefined();
    else expect(fault).toContain(sentence);
  });
});
