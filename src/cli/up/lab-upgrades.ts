/** Lets other terminals upgrade the lab of `cutover up`. */

import { availableVersions } from '../../app/versions/load.ts';
import type { ControlServer } from '../../control/server.ts';
import type { Upgrades } from '../../control/upgrades.ts';
import type { DeploymentSpec, Lab, Role } from '../../platform/platform.ts';
import type { Terminal } from '../terminal.ts';
import { readStatus } from './lab-status.ts';
import type { StartedLab } from './start-lab.ts';
import type { UpOptions } from './up-options.ts';

/** The upgrades of one lab, from when its application runs until it is stopped. */
export class LabUpgrades {
  readonly #lab: Lab;
  readonly #options: UpOptions;
  readonly #terminal: Terminal;
  #upgrades: Upgrades | undefined;
  #server: ControlServer | undefined;

  constructor(lab: Lab, options: UpOptions, terminal: Terminal) {
    this.#lab = lab;
    this.#options = options;
    this.#terminal = terminal;
  }

  /** Listens from now on, where the platform has a place for that. */
  async open({ deployments }: StartedLab): Promise<void> {
    const lab = this.#lab;
    if (lab.control === undefined) return;
    // Loaded only now, because the server would delay the first record.
    const [{ Upgrades }, { serveControl }] = await Promise.all([
      import('../../control/upgrades.ts'),
      import('../../control/server.ts'),
    ]);
    const serving = (role: Role) =>
      deployments.find(({ spec }) => spec.role === role)?.spec as DeploymentSpec;
    this.#upgrades = new Upgrades({
      lab,
      partitions: this.#options.partitions,
      style: this.#options.schemaStyle as 'optional',
      serving: {
        generator: serving('generator'),
        'back-end': serving('back-end'),
        stats: serving('stats'),
      },
      recordsLeft: async () => {
        const status = await readStatus(await lab.deployments(), lab.run.skus);
        return status.expected - status.produced;
      },
      says: (what) => this.#terminal.note(what),
    });
    this.#server = await serveControl(this.#upgrades, lab.control);
  }

  /** The version to which one may upgrade next; undefined where there is none, or no way. */
  next(): string | undefined {
    const versions = availableVersions();
    return this.#server && versions[versions.indexOf(this.#options.app) + 1];
  }

  /** Whether the lab works no more once this instance or component has given up. */
  isVital(subject: string): boolean {
    return this.#upgrades?.isVital(subject) ?? true;
  }

  /** Drops what is under way. */
  async close(): Promise<void> {
    await this.#server?.close();
  }
}
