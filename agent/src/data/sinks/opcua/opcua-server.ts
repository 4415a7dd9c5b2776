import { chmod, mkdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { timingSafeEqual, createHash } from 'node:crypto';
import type { OPCUAServer } from 'node-opcua-server';
import { loadOptional } from '../../../adapters/optional-package.js';
import type { ServeOrder, StreamValues } from './messages.js';
import { StreamNodes, type OpcuaTypes } from './stream-nodes.js';

const PACKAGE = { name: 'node-opcua-server', version: '2.182.2', neededFor: 'a sink of kind "opcua"' };
const POLICIES = 'http://opcfoundation.org/UA/SecurityPolicy#';
/** `MessageSecurityMode` (OPC UA part 4, section 7.20). */
const NONE = 1;
const SIGN_AND_ENCRYPT = 3;
const MAX_SESSIONS = 16;
const SHUTDOWN_MS = 500;

/** The server of one port: an object `Hamon` with one object per stream, for reading. */
export class OpcuaServer {
  private readonly streams = new Map<string, StreamNodes>();

  private constructor(
    private readonly server: OPCUAServer,
    private readonly types: OpcuaTypes,
  ) {}

  /** @throws AgentError `package-missing`; Error with a sentence where the port is taken */
  static async open(order: ServeOrder): Promise<OpcuaServer> {
    const library = await loadOptional(PACKAGE, () => import('node-opcua-server'));
    // Parts of the package, which may be installed below it.
    const part = createRequire(import.meta.resolve(PACKAGE.name));
    const { OPCUACertificateManager } = part(
      'node-opcua-certificate-manager',
    ) as typeof import('node-opcua-certificate-manager');
    await mkdir(order.folder, { recursive: true, mode: 0o700 });
    await chmod(order.folder, 0o700);
    const certificates = new OPCUACertificateManager({ rootFolder: join(order.folder, 'pki') });
    const server = new library.OPCUAServer({
      ...optionsOf(order),
      serverCertificateManager: certificates,
    });
    try {
      await server.initialize();
      await server.start();
    } catch (cause) {
      const isTaken = (cause as NodeJS.ErrnoException).code === 'EADDRINUSE';
      const what = isTaken ? 'another program listens there' : (cause as Error).message;
      throw new Error(`${order.host}:${order.port}: ${what}`, { cause });
    }
    return new OpcuaServer(server, {
      ...(part('node-opcua-status-code') as typeof import('node-opcua-status-code')),
      ...(part('node-opcua-variant') as typeof import('node-opcua-variant')),
    });
  }

  get url(): string {
    return this.server.getEndpointUrl();
  }

  expect(stream: string): void {
    this.of(stream);
  }

  show(stream: string, values: StreamValues): void {
    this.of(stream).show(values);
  }

  /** Its nodes stay, so that whoever has subscribed to them is told. */
  leave(stream: string): void {
    this.streams.get(stream)?.empty(new Date());
  }

  close(): Promise<void> {
    return this.server.shutdown(SHUTDOWN_MS);
  }

  private of(stream: string): StreamNodes {
    const known = this.streams.get(stream);
    if (known) return known;
    const nodes = new StreamNodes(this.server, stream, this.types);
    this.streams.set(stream, nodes);
    return nodes;
  }
}

function optionsOf({ host, port, device, isPlainAllowed, login }: ServeOrder) {
  return {
    ...{ host, port, resourcePath: '/hamon', allowAnonymous: login === undefined },
    securityPolicies: [
      `${POLICIES}Basic256Sha256`,
      ...(isPlainAllowed ? [`${POLICIES}None`] : []),
    ] as never[],
    securityModes: [SIGN_AND_ENCRYPT, ...(isPlainAllowed ? [NONE] : [])],
    serverInfo: {
      applicationUri: `urn:hamon:${device}`,
      productUri: 'urn:hamon',
      applicationName: { text: `Hamon ${device}` },
    },
    buildInfo: { productName: 'Hamon', manufacturerName: 'Hamon' },
    serverCapabilities: { maxSessions: MAX_SESSIONS },
    maxConnectionsPerEndpoint: MAX_SESSIONS,
    ...(login && {
      userManager: {
        isValidUser: (user: string, password: string) =>
          isSame(user, login.user) && isSame(password, login.password),
      },
    }),
  };
}

/** In constant time. */
const isSame = (offered: string, expected: string): boolean =>
  timingSafeEqual(digest(offered), digest(expected));

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
