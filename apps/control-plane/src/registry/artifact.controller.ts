import { Readable } from 'node:stream';
import { Body, Controller, Get, Head, Headers, HttpCode, Param, Put, Res } from '@nestjs/common';
import { documentOf, Sha256 } from '@hamon/contracts';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { Admin, Caller, DeviceOrAdmin } from '../platform/http/access.decorators.js';
import type { AdminCaller, Caller as AnyCaller } from '../platform/http/caller.js';
import { ControlPlaneError } from '../platform/errors.js';
import { zod } from '../platform/http/zod.pipe.js';
import { Api } from '../platform/openapi/api.decorator.js';
import { ArtifactStore } from './artifact.store.js';
import { parseRange } from './byte-range.js';

const StoredView = z.object({ sha256: Sha256, length: z.int() });
const OCTETS = 'application/octet-stream';

@Controller('v1/artifacts')
export class ArtifactController {
  constructor(private readonly artifacts: ArtifactStore) {}

  @Put(':sha256')
  @Admin()
  @HttpCode(201)
  @Api({
    summary: 'Upload a file; its bytes must have the digest that names it',
    params: { sha256: Sha256 },
    fileBody: [OCTETS],
    answer: documentOf('artifact', StoredView),
    status: 201,
  })
  async put(
    @Caller() caller: AdminCaller,
    @Param('sha256', zod(Sha256, 'sha256')) sha256: string,
    @Body() body: unknown,
    @Headers('content-length') announced: string | undefined,
  ): Promise<z.infer<typeof StoredView>> {
    // An empty file comes without a body.
    const stream = body instanceof Readable ? body : Readable.from([]);
    const length = await this.artifacts.put(
      caller.fleet,
      sha256,
      stream,
      announced === undefined ? undefined : Number(announced),
    );
    return { sha256, length };
  }

  // Before GET: otherwise HEAD would be derived from it and read the whole file for nothing.
  @Head(':sha256')
  @DeviceOrAdmin()
  @Api({ summary: 'Is this file stored, and how long is it?', params: { sha256: Sha256 } })
  async head(
    @Caller() caller: AnyCaller,
    @Param('sha256', zod(Sha256, 'sha256')) sha256: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    // An admin who asks is about to upload a bundle: artifacts that are stored already are going to be used.
    const look = caller.kind === 'admin' ? 'reserve' : 'find';
    const length = found(await this.artifacts[look](caller.fleet, sha256), sha256);
    await describe(reply, sha256).header('content-length', String(length)).send();
  }

  @Get(':sha256')
  @DeviceOrAdmin()
  @Api({ summary: 'Download a file or a byte range of it', params: { sha256: Sha256 } })
  async get(
    @Caller() caller: AnyCaller,
    @Param('sha256', zod(Sha256, 'sha256')) sha256: string,
    @Headers('range') header: string | undefined,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const length = found(await this.artifacts.find(caller.fleet, sha256), sha256);
    const range = parseRange(header, length);
    if (range === 'unsatisfiable') {
      void reply.header('content-range', `bytes */${length}`);
      throw new ControlPlaneError('range-not-satisfiable', `The file has ${length} bytes.`);
    }
    const { first, last } = range ?? { first: 0, last: length - 1 };
    describe(reply, sha256).header('content-length', String(last - first + 1));
    if (range) void reply.status(206).header('content-range', `bytes ${first}-${last}/${length}`);
    // An empty file has no last byte to name.
    await reply.send(length === 0 ? Readable.from([]) : this.artifacts.stream(sha256, first, last));
  }
}

function found(length: number | undefined, sha256: string): number {
  if (length === undefined) {
    throw new ControlPlaneError('artifact-not-found', `There is no artifact ${sha256}.`);
  }
  return length;
}

/** The digest is the name: the bytes behind it never change. */
const describe = (reply: FastifyReply, sha256: string): FastifyReply =>
  reply
    .header('content-type', OCTETS)
    .header('accept-ranges', 'bytes')
    .header('etag', `"${sha256}"`)
    .header('cache-control', 'private, max-age=31536000, immutable');
