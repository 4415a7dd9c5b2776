import { describe, expect, it } from 'vitest';
import { loadOptional } from '../../src/adapters/optional-package.js';

const NAMED = { name: 'nobodys-package', version: '3', neededFor: 'the sink "nobody"' };

describe('a package that only some need', () => {
  it('is what it is where it is there', async () => {
    const loaded = await loadOptional({ ...NAMED, name: 'modbus-serial' }, () => import('modbus-serial'));
    expect(loaded.default).toBeDefined();
  });

  it('is named with the command that installs it where it is missing', async () => {
    const { name } = NAMED;
    await expect(loadOptional(NAMED, () => import(name))).rejects.toMatchObject({
      code: 'package-missing',
      message:
        'the sink "nobody" needs the package nobodys-package, which is not installed: run npm install --global nobodys-package@3',
    });
  });

  it('tells other faults as they are', async () => {
    const fault = new Error('broken');
    await expect(loadOptional(NAMED, () => Promise.reject(fault))).rejects.toBe(fault);
  });
});
