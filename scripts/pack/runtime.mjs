/**
 * onnxruntime-node goes into the tarball. Its install script fetches CUDA from NuGet on Linux, hundreds of megabytes that no
 * gateway needs, and fails where only the registry can be reached; npm has no way to leave the script of a dependency out.
 * The package itself is 288 MB for five platforms: the tarball holds those that it is made for.
 */
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export const RUNTIME = 'onnxruntime-node';
/** Beside it: the others that it names are for its install script. */
export const RUNTIME_NEEDS = ['onnxruntime-common'];
const BINARIES = 'bin/napi-v6';
export const GATEWAYS = ['linux/x64', 'linux/arm64'];
export const PLATFORMS = [...GATEWAYS, 'darwin/arm64', 'win32/x64', 'win32/arm64'];

const LICENCE = `MIT License

Copyright (c) Microsoft Corporation

Permission is hereby granted, free of charge, to any person obtaining a copy
of this software and associated documentation files (the "Software"), to deal
in the Software without restriction, including without limitation the rights
to use, copy, modify, merge, publish, distribute, sublicense, and/or sell
copies of the Software, and to permit persons to whom the Software is
furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all
copies or substantial portions of the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR
IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY,
FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE
AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER
LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM,
OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE
SOFTWARE.
`;

/** @param platforms of `PLATFORMS` */
export function stageRuntime(root, to, platforms) {
  const source = join(root, 'node_modules', RUNTIME);
  // The outer package names what it needs: npm takes what a bundled one names for bundled too, and leaves its folder empty.
  const {
    scripts: _,
    devDependencies: __,
    dependencies: ___,
    ...kept
  } = JSON.parse(readFileSync(join(source, 'package.json'), 'utf8'));
  mkdirSync(to, { recursive: true });
  const isProgram = (path) => !/\.(d\.ts|map)$/.test(path);
  cpSync(join(source, 'dist'), join(to, 'dist'), { recursive: true, filter: isProgram });
  for (const platform of platforms) {
    cpSync(join(source, BINARIES, platform), join(to, BINARIES, platform), { recursive: true });
  }
  writeFileSync(join(to, 'package.json'), `${JSON.stringify(kept, null, 2)}\n`);
  writeFileSync(join(to, 'LICENSE'), LICENCE);
}
