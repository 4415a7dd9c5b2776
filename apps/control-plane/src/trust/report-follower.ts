import { Injectable, type OnModuleInit } from '@nestjs/common';
import { ReportListeners } from '../fleet/report-listeners.js';
import { Outbox } from '../messaging/outbox.js';
import { DeploymentTracker } from './deployment-tracker.js';
import { SequenceWatch } from './sequence-watch.js';

/** Deployments move on with the reports that are stored; devices ahead of the database are looked for afterwards. */
@Injectable()
export class ReportFollower implements OnModuleInit {
  constructor(
    private readonly listeners: ReportListeners,
    private readonly tracker: DeploymentTracker,
    private readonly watch: SequenceWatch,
    private readonly outbox: Outbox,
  ) {}

  onModuleInit(): void {
    this.listeners.add({
      storing: (manager, fleet, reports) => this.tracker.follow(manager, fleet, reports),
      // Another release listens to other topics.
      agentsChanged: (manager, devices) => this.outbox.addAll(manager, devices),
      stored: (fleet, reports) => this.watch.check(fleet, reports),
    });
  }
}
