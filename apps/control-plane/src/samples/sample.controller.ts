import { Readable } from 'node:stream';
import { Body, Controller, Delete, Get, Headers, Param, Put, Query, Res } from '@nestjs/common';
import {
  DeletedSampleView,
  DeleteSampleQuery,
  documentOf,
  pageOf,
  SAMPLE_MEDIA_TYPE,
  SampleQuery,
  SampleUploadPolicy,
  SampleView,
  Sha256,
  StoredSampleView,
  TakenSampleView,
  type Page,
} from '@hamon/contracts';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { ControlPlaneError } from '../platform/errors.js';
import { Admin, Caller, DeviceOrAdmin } from '../platform/http/access.decorators.js';
import type { AdminCaller, Caller as AnyCaller, DeviceCaller } from '../platform/http/caller.js';
import { IdQuery } from '../platform/http/id-prefix.js';
import { zod } from '../platform/http/zod.pipe.js';
import { Api } from '../platform/openapi/api.decorator.js';
import { SampleDeletion } from './sample-deletion.js';
import { SampleIntake } from './sample-intake.js';
import { SampleMetrics } from './sample-metrics.js';
import { SampleService } from './sample.service.js';

const SampleId = z.uuid();
const params = { id: SampleId };

/** `id`: only those whose id begins so. */
const ListedSamples = SampleQuery.extend(IdQuery.shape);
type ListedSamples = z.infer<typeof ListedSamples>;

@Controller('v1/samples')
@Admin()
export class SampleController {
  constructor(
    private readonly service: SampleService,
    private readonly intake: SampleIntake,
    private readonly deletion: SampleDeletion,
    private readonly metrics: SampleMetrics,
  ) {}

  @Put(':sha256')
  @DeviceOrAdmin()
  @Api({
    summary: "Send a picture that a device kept and what is said of it, where the fleet's policy allows",
    params: { sha256: Sha256 },
    fileBody: [SAMPLE_MEDIA_TYPE],
    answer: documentOf('taken-sample', TakenSampleView),
  })
  async put(
    @Caller() caller: AnyCaller,
    @Param('sha256', zod(Sha256, 'sha256')) sha256: string,
    @Headers('content-length') length: string | undefined,
    @Body() body: unknown,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<TakenSampleView> {
    const device = deviceOf(caller);
    if (!(body instanceof Readable)) {
      throw new ControlPlaneError('unsupported-media-type', `Send ${SAMPLE_MEDIA_TYPE}.`);
    }
    try {
      const sent = { sha256, body, length: length === undefined ? undefined : Number(length) };
      const taken = await this.intake.take(device, sent);
      this.metrics.taken(taken.isNew);
      void reply.status(taken.isNew ? 201 : 200);
      return taken;
    } catch (cause) {
      this.metrics.refused(cause);
      throw cause;
    }
  }

  @Get('policy')
  @DeviceOrAdmin()
  @Api({ summary: 'What the fleet lets the device that asks send', answer: SampleUploadPolicy })
  policy(@Caller() caller: AnyCaller): Promise<Omit<SampleUploadPolicy, 'schema'>> {
    return this.service.uploadPolicy(deviceOf(caller));
  }

  @Get()
  @Api({
    summary: 'List the pictures that devices sent, newest first',
    query: ListedSamples,
    answer: documentOf('samples', pageOf(SampleView)),
  })
  list(
    @Caller() { fleet }: AdminCaller,
    @Query(zod(ListedSamples)) query: ListedSamples,
  ): Promise<Page<SampleView>> {
    return this.service.list(fleet, query);
  }

  @Get(':id')
  @Api({
    summary: 'Show what was answered about a picture, and what people say of it',
    params,
    answer: documentOf('stored-sample', StoredSampleView),
  })
  show(
    @Caller() { fleet }: AdminCaller,
    @Param('id', zod(SampleId, 'id')) id: string,
  ): Promise<StoredSampleView> {
    return this.service.get(fleet, id);
  }

  @Delete(':id')
  @Api({
    summary: 'Delete a picture before its time, with what people said of it',
    params,
    query: DeleteSampleQuery,
    answer: documentOf('deleted-sample', DeletedSampleView),
  })
  async delete(
    @Caller() caller: AdminCaller,
    @Param('id', zod(SampleId, 'id')) id: string,
    @Query(zod(DeleteSampleQuery)) { why }: DeleteSampleQuery,
  ): Promise<DeletedSampleView> {
    await this.deletion.delete(caller, id, why);
    return { id };
  }

  @Get(':id/picture')
  @Api({ summary: 'The picture itself', params })
  async picture(
    @Caller() { fleet }: AdminCaller,
    @Param('id', zod(SampleId, 'id')) id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const { file, length, mediaType } = await this.service.openPicture(fleet, id);
    await reply
      .header('content-type', mediaType)
      .header('content-length', String(length))
      // A stranger's bytes: a browser shows them as that picture or not at all, and runs nothing.
      .header('x-content-type-options', 'nosniff')
      .header('content-security-policy', "default-src 'none'; sandbox")
      .header('cross-origin-resource-policy', 'same-origin')
      .header('content-disposition', `inline; filename="${id}.${mediaType === 'image/png' ? 'png' : 'jpg'}"`)
      // What is deleted here must not stay elsewhere.
      .header('cache-control', 'private, no-store')
      .send(file.createReadStream());
  }
}

function deviceOf(caller: AnyCaller): DeviceCaller {
  if (caller.kind === 'device') return caller;
  throw new ControlPlaneError('forbidden', 'Only a device may do this, by its own token.');
}
