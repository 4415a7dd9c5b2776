import { Injectable } from '@nestjs/common';

/** An artifact that a fleet needs. */
export interface UsedArtifact {
  readonly fleet: string;
  readonly sha256: string;
}

/** Artifacts that more than versions use; the capabilities above that use them register here. */
@Injectable()
export class ArtifactUses {
  private readonly sources: (() => Promise<readonly UsedArtifact[]>)[] = [];

  /** Before the application starts. */
  add(source: () => Promise<readonly UsedArtifact[]>): void {
    this.sources.push(source);
  }

  async read(): Promise<UsedArtifact[]> {
    return (await Promise.all(this.sources.map((source) => source()))).flat();
  }
}
