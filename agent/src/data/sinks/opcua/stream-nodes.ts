import type { OPCUAServer } from 'node-opcua-server';
import type { StreamValues } from './messages.js';

/** Of the library's packages. */
export interface OpcuaTypes {
  readonly StatusCodes: typeof import('node-opcua-status-code').StatusCodes;
  readonly DataType: typeof import('node-opcua-variant').DataType;
}

type Kind = 'String' | 'Double' | 'UInt32' | 'DateTime';

/** Variables of a stream: name, type, and which of its values. The names are what people script against. */
const VARIABLES = [
  ['Verdict', 'String', 'verdict'],
  ['Label', 'String', 'label'],
  ['Confidence', 'Double', 'confidence'],
  ['Score', 'Double', 'score'],
  ['Count', 'UInt32', 'count'],
  ['Answer', 'String', 'answer'],
  ['Model', 'String', 'model'],
  ['Frame', 'String', 'frame'],
  ['Id', 'String', 'id'],
  ['Error', 'String', 'error'],
  ['Time', 'DateTime', 'time'],
  ['Frames', 'UInt32', 'frames'],
] as const satisfies readonly (readonly [string, Kind, keyof StreamValues])[];

type AddressSpace = NonNullable<OPCUAServer['engine']['addressSpace']>;
type Namespace = ReturnType<AddressSpace['getOwnNamespace']>;
type Variable = ReturnType<Namespace['addVariable']>;

/** The object of one stream: `ns=1;s=STREAM`, its variables `ns=1;s=STREAM.Verdict` and so on. */
export class StreamNodes {
  private readonly variables: ReadonlyMap<string, Variable>;

  constructor(
    server: OPCUAServer,
    stream: string,
    private readonly types: OpcuaTypes,
  ) {
    const { addressSpace } = server.engine;
    if (!addressSpace) throw new Error('the server has no address space');
    const namespace = addressSpace.getOwnNamespace();
    const nodeId = `s=${stream}`;
    const object = namespace.addObject({
      ...{ browseName: stream, nodeId, componentOf: folderOf(addressSpace, namespace) },
    });
    this.variables = new Map(
      VARIABLES.map(([name, dataType]) => [
        name,
        namespace.addVariable({
          ...{ browseName: name, nodeId: `${nodeId}.${name}`, componentOf: object, dataType },
          ...{ minimumSamplingInterval: 0, accessLevel: 'CurrentRead', userAccessLevel: 'CurrentRead' },
        }),
      ]),
    );
    this.empty(new Date());
  }

  /** Nothing is known of it. */
  empty(at: Date): void {
    for (const [name, dataType] of VARIABLES) this.set(name, dataType, undefined, at);
  }

  /** All of one time; what the answer does not say has no data. */
  show(values: StreamValues): void {
    const at = new Date(values.time);
    for (const [name, dataType, key] of VARIABLES) this.set(name, dataType, values[key], at);
  }

  private set(name: string, dataType: Kind, value: string | number | undefined, at: Date): void {
    const { StatusCodes, DataType } = this.types;
    const known = value === undefined ? EMPTY[dataType] : dataType === 'DateTime' ? new Date(value) : value;
    const status = value === undefined ? StatusCodes.BadNoData : StatusCodes.Good;
    this.variables.get(name)?.setValueFromSource({ dataType: DataType[dataType], value: known }, status, at);
  }
}

const EMPTY = { String: '', Double: NaN, UInt32: 0, DateTime: new Date(0) } as const;

/** Made with the first stream. */
function folderOf(addressSpace: AddressSpace, namespace: Namespace): ReturnType<Namespace['addObject']> {
  const known = namespace.findNode('s=Hamon');
  if (known) return known as ReturnType<Namespace['addObject']>;
  const { objects } = addressSpace.rootFolder;
  return namespace.addObject({ browseName: 'Hamon', nodeId: 's=Hamon', organizedBy: objects });
}
