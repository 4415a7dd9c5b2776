import { afterAll } from 'vitest';
import { removeTemporaryFolders } from '../dist/temporary-folder.js';

/** Runs for each test file: hooks of modules that several files share would run for the first of them only. */
afterAll(removeTemporaryFolders);
