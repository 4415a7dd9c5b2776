import { Injectable } from '@nestjs/common';
import { describeBreach, type ClassChoice } from '@hamon/compress';
import type { ChoiceQuery, ClassChoiceView, VersionChoicesView } from '@hamon/contracts';
import { DataSource } from 'typeorm';
import { CohortSelection } from './cohort-selection.js';
import { constraintsFor, VariantChooser } from './variant-chooser.js';

/** Shows which variants rollouts would choose, without starting one. */
@Injectable()
export class ChoiceService {
  constructor(
    private readonly database: DataSource,
    private readonly chooser: VariantChooser,
    private readonly cohorts: CohortSelection,
  ) {}

  async show(
    fleet: string,
    named: { readonly model: string; readonly version: string },
    { where, ...wanted }: ChoiceQuery,
  ): Promise<VersionChoicesView> {
    const { manager } = this.database;
    const found = await this.chooser.version(manager, fleet, named);
    const devices = await this.cohorts.matching(manager, fleet, where, named.model);
    const choices = await this.chooser.choose(manager, found, devices, wanted);
    return { constraints: constraintsFor(found, wanted), classes: choices.map(viewOf) };
  }
}

const viewOf = ({ hardwareClass, devices, selection }: ClassChoice): ClassChoiceView => ({
  hardwareClass,
  devices: devices.length,
  kind: selection.kind,
  variant: selection.kind === 'none' ? null : selection.variant,
  p50Ms: selection.kind === 'chosen' ? selection.profile.p50Ms : null,
  accuracyDrop: selection.kind === 'chosen' ? (selection.accuracyDrop ?? null) : null,
  rejected: selection.rejected.map(({ variant, breaches }) => ({
    variant,
    reasons: breaches.map(describeBreach),
  })),
});
