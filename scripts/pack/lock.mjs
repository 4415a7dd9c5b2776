/** What package-lock.json says, as far as packing asks: whose packages there are, and what they need. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { RUNTIME, RUNTIME_NEEDS } from './runtime.mjs';

export class Lock {
  constructor(root) {
    this.packages = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')).packages;
  }

  /** The folder of one of our own packages. */
  folderOf(name) {
    const link = this.packages[`node_modules/${name}`];
    if (!link?.link) throw new Error(`${name} is no workspace`);
    return link.resolved;
  }

  isOwn(name) {
    return this.packages[`node_modules/${name}`]?.link === true;
  }

  /** Where Node.js finds the package that `from` names; undefined where an optional one is not there. */
  placeOf(name, from) {
    for (let at = from; ; at = at.replace(/(^|\/)node_modules\/(@[^/]+\/)?[^/]+$|(^|\/)[^/]+$/, '')) {
      const path = at === '' ? `node_modules/${name}` : `${at}/node_modules/${name}`;
      if (this.packages[path]) return path;
      if (at === '') return undefined;
    }
  }

  /** Our own packages that one of ours needs, itself not among them. */
  ownOf(name, seen = new Set()) {
    for (const needed of Object.keys(this.packages[this.folderOf(name)].dependencies ?? {})) {
      if (!this.isOwn(needed) || seen.has(needed)) continue;
      seen.add(needed);
      this.ownOf(needed, seen);
    }
    return seen;
  }

  /** What others made and one of ours, or what it bundles, needs itself: name → the exact version that was tested. */
  foreignOf(name) {
    const versions = new Map();
    for (const own of [name, ...this.ownOf(name)]) {
      const folder = this.folderOf(own);
      for (const needed of Object.keys(this.packages[folder].dependencies ?? {})) {
        if (this.isOwn(needed)) continue;
        const { version } = this.packages[this.placeOf(needed, folder)];
        const former = versions.get(needed);
        if (former !== undefined && former !== version) {
          throw new Error(`${name} would bundle what needs ${needed} ${former} and ${version}`);
        }
        versions.set(needed, version);
      }
    }
    return versions;
  }

  /** All that is installed with one of ours, by its place. */
  closureOf(name) {
    const places = new Set();
    const visit = (needed, from) => {
      const place = this.placeOf(needed, from);
      if (place === undefined || places.has(place)) return;
      places.add(place);
      const { dependencies = {}, optionalDependencies = {} } = this.packages[place];
      const nexts =
        needed === RUNTIME ? RUNTIME_NEEDS : Object.keys({ ...dependencies, ...optionalDependencies });
      for (const next of nexts) visit(next, place);
    };
    for (const own of [name, ...this.ownOf(name)]) {
      const folder = this.folderOf(own);
      for (const needed of Object.keys(this.packages[folder].dependencies ?? {})) {
        if (!this.isOwn(needed)) visit(needed, folder);
      }
    }
    return [...places].sort().map((place) => ({ place, ...this.packages[place] }));
  }
}
