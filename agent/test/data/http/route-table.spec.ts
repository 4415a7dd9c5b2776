import { describe, expect, it } from 'vitest';
import { RouteTable } from '../../../src/data/http/route-table.js';
import type { Route } from '../../../src/data/http/route.js';

const route = (method: Route['method'], path: string): Route => ({ method, path, handle: () => undefined });
const table = new RouteTable([
  route('GET', '/v1/streams/:stream/live'),
  route('POST', '/v1/streams/:stream/trigger'),
  route('GET', '/v1/samples/:id'),
  route('GET', '/v1/samples/latest'),
  route('POST', '/v1/samples/:id'),
]);

describe('RouteTable', () => {
  it.each([
    ['GET', '/v1/streams/cam-1/live', '/v1/streams/:stream/live', { stream: 'cam-1' }],
    ['POST', '/v1/streams/cam-1/trigger', '/v1/streams/:stream/trigger', { stream: 'cam-1' }],
    ['GET', '/v1/samples/latest', '/v1/samples/latest', {}],
    ['GET', '/v1/samples/__proto__', '/v1/samples/:id', { id: '__proto__' }],
  ])('%s %s is of %s', (method, path, of, parameters) => {
    expect(table.find(method, path)).toMatchObject({ route: { path: of }, parameters });
  });

  it('says by which methods a path is answered', () => {
    expect(table.find('DELETE', '/v1/samples/latest')).toEqual({ allowed: ['GET', 'POST'] });
  });

  it.each(['/v1/streams//live', '/v1/streams/a/b/live', '/v1/streams/a/live/', '/', ''])(
    'finds nothing at "%s"',
    (path) => {
      expect(table.find('GET', path)).toBeUndefined();
    },
  );

  it('refuses two routes of one path', () => {
    const twice = [route('GET', '/v1/:a'), route('GET', '/v1/:b')];
    expect(() => new RouteTable(twice)).toThrow('two routes answer GET /v1/:b');
  });
});
