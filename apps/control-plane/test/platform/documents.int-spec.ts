import { describe, expect, test } from 'vitest';
import type { OpenAPIObject } from '@nestjs/swagger';
import { startTestControlPlane } from '../support/test-control-plane.js';

describe('what the API answers', () => {
  test('says of every JSON answer what document it is, in OpenAPI and on the wire', async () => {
    const plane = await startTestControlPlane();
    try {
      const { body: api } = await plane.call<OpenAPIObject>('GET', '/v1/openapi.json');
      const promised = Object.entries(api.paths).flatMap(([path, methods]) =>
        Object.entries(methods as Record<string, Operation>).flatMap(([method, { responses }]) =>
          Object.values(responses).flatMap(({ content }) => {
            const schema = content?.['application/json']?.schema;
            return schema ? [{ path, method, schema }] : [];
          }),
        ),
      );
      expect(promised.length).toBeGreaterThan(30);
      for (const { path, method, schema } of promised) {
        expect([path, method, schema.required, schema.properties['schema']?.enum]).toEqual([
          path,
          method,
          expect.arrayContaining(['schema']),
          [expect.stringMatching(/^hamon\.[a-z-]+\/[12]$/)],
        ]);
      }
      for (const path of ['models', 'devices', 'rollouts', 'compressions', 'enrolment-tokens', 'audit']) {
        const { body } = await plane.call('GET', `/v1/${path}`);
        expect(body['schema']).toBe(`hamon.${path}/1`);
      }
      expect((await plane.call('GET', '/healthz')).body['schema']).toBe('hamon.health/1');
      expect((await plane.call('GET', '/readyz')).body['schema']).toBe('hamon.readiness/1');
      expect((await plane.call('GET', '/v1/nothing')).body['schema']).toBe('hamon.problem/1');
    } finally {
      await plane.discard();
    }
  });

  test('a repeated answer is the same document', async () => {
    const plane = await startTestControlPlane();
    try {
      const model = { name: 'tiles', task: 'classification' };
      const create = () => plane.call('POST', '/v1/models', model, { 'idempotency-key': 'once' });
      const [first, again] = [await create(), await create()];
      expect(again.headers.get('idempotency-replayed')).toBe('true');
      expect(first.body['schema']).toBe('hamon.model/1');
      expect(again.body).toEqual(first.body);
    } finally {
      await plane.discard();
    }
  });
});

interface Operation {
  readonly responses: Record<string, { content?: Record<string, { schema: ObjectSchema }> }>;
}
interface ObjectSchema {
  readonly required: readonly string[];
  readonly properties: Record<string, { enum?: readonly string[] }>;
}
