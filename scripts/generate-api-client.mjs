/**
 * `npm run generate`: the types of the HTTP API for `libs/api-client`, from the OpenAPI document of the control plane.
 * With `--check` nothing is written; a file that is not what it should be fails.
 */
import { spawnSync } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const TARGET = 'libs/api-client/src/generated/control-plane.ts';
const HEADER = '/** Made by `npm run generate` from the OpenAPI document of the control plane. */\n\n';

// Without the clients: they need not compile against an API that has just changed.
const tsc = join(root, 'node_modules/typescript/bin/tsc');
const built = spawnSync(process.execPath, [tsc, '-b', 'apps/control-plane'], { cwd: root, stdio: 'inherit' });
if (built.status !== 0) process.exit(1);

const wanted = HEADER + (await typesOf(await describeControlPlane()));
const found = await readFile(join(root, TARGET), 'utf8').catch(() => '');
if (!process.argv.includes('--check')) {
  await writeFile(join(root, TARGET), wanted);
} else if (found !== wanted) {
  process.stderr.write(
    `${TARGET} is not what the control plane offers: run "npm run generate" and commit it\n`,
  );
  process.exit(1);
}

/** In preview mode Nest reads the routes and builds nothing, so neither a database nor a configuration is needed. */
async function describeControlPlane() {
  const { NestFactory } = await import('@nestjs/core');
  const { FastifyAdapter } = await import('@nestjs/platform-fastify');
  const { AppModule } = await import('../apps/control-plane/dist/app.module.js');
  const { describeApi } = await import('../apps/control-plane/dist/platform/openapi/openapi.js');
  const module = AppModule.on({ config: {}, databaseUrl: '' }, {});
  const options = { preview: true, abortOnError: false, logger: ['error'] };
  return describeApi(await NestFactory.create(module, new FastifyAdapter(), options));
}

async function typesOf(document) {
  const { default: openapiTS, astToString } = await import('openapi-typescript');
  // In an order of its own: the order of Nest's modules changes nothing about the API.
  return astToString(await openapiTS(document, { alphabetize: true }));
}
