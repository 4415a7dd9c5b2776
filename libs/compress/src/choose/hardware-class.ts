import { EXECUTION_PROVIDERS, type DeviceFacts } from '@hamon/contracts';

/** What a device's speed with integers hangs on, in the order in which a name gives it. */
const DECISIVE = ['amx_int8', 'avx512_vnni', 'avx_vnni', 'avx512f', 'avx2', 'i8mm', 'asimddp'];

/**
 * Name of the hardware class of a device: architecture, cores, memory to the next power of two, runtime, the most
 * telling instruction set, and the execution providers that the device was configured for and has. Devices of one class are taken to measure alike, so a profile of one speaks for all.
 * @example x64-2c-8g-ort1.30-avx512_vnni
 */
export function hardwareClassOf({
  arch,
  cores,
  memoryMb,
  onnxruntime,
  accelerators,
}: Pick<DeviceFacts, 'arch' | 'cores' | 'memoryMb' | 'onnxruntime' | 'accelerators'>): string {
  // A gateway with 4 GB reports some hundred megabytes less than it has.
  const gigabytes = 2 ** Math.max(0, Math.round(Math.log2(memoryMb / 1024)));
  const runtime = onnxruntime.split('.').slice(0, 2).join('.');
  const telling = DECISIVE.find((name) => accelerators.includes(name)) ?? 'plain';
  const providers = EXECUTION_PROVIDERS.filter((name) => accelerators.includes(name));
  return [`${arch}-${cores}c-${gigabytes}g-ort${runtime}-${telling}`, ...providers].join('-');
}
