/** Brings a lab up on the local platform. */
import type { Lab, LabSpec } from '../platform.ts';
import type { ReportProgress } from './artifacts/report-progress.ts';
import type { ComponentAddresses } from './components/start-components.ts';
import { startComponents } from './components/start-components.ts';
import type { Entrance } from './entrance/entrance.ts';
import { openEntrance } from './entrance/entrance.ts';
import { messageOf, ProcessError } from './errors.ts';
import type { Programs } from './instance.ts';
import { LocalLab } from './lab.ts';
import type { SupervisedProcess } from './process/supervised.ts';
import type { Session } from './session.ts';
import { openSession } from './session.ts';

const startAttempts = 3;

interface StartedComponents {
  readonly addresses: ComponentAddresses;
  readonly components: readonly SupervisedProcess[];
}

/** Brings a lab up; rejects, with nothing left running, where a component does not come up. */
export async function startLab(
  spec: LabSpec,
  programs: Programs,
  progress: ReportProgress,
): Promise<Lab> {
  const session = await openSession(spec);
  try {
    const { addresses, components } = await startUntilPortsFit(session, spec, progress);
    const entrance = await openRestEntrance(session, spec, progress);
    session.ensureOpen();
    return new LocalLab({ session, spec, addresses, components, entrance, programs });
  } catch (error) {
    await session.close();
    throw error;
  }
}

/** Starts the components, anew with other ports where a stranger took one between the look and the start. */
async function startUntilPortsFit(
  session: Session,
  spec: LabSpec,
  progress: ReportProgress,
): Promise<StartedComponents> {
  for (let attempt = 1; ; attempt++) {
    const components: SupervisedProcess[] = [];
    try {
      const addresses = await startComponents(session, spec, progress, components);
      return { addresses, components };
    } catch (error) {
      if (attempt === startAttempts || session.isStopping() || !isPortTaken(error)) throw error;
      progress({ part: 'ports', kind: 'note', message: `${messageOf(error)}; starting again` });
      session.ports.release();
    }
  }
}

async function openRestEntrance(
  session: Session,
  { restPort = 0 }: LabSpec,
  progress: ReportProgress,
): Promise<Entrance> {
  const isOurs = restPort !== 0 && (await session.ports.claim(restPort));
  const entrance = await openEntrance(isOurs ? restPort : 0);
  if (restPort !== 0 && entrance.port !== restPort) {
    const message = `port ${restPort} is taken; ${entrance.port} is used`;
    progress({ part: 'page', kind: 'note', message });
  }
  return entrance;
}

function isPortTaken(error: unknown): boolean {
  const message = /address already in use|already bound|in use by another process/i;
  return error instanceof ProcessError && error.tail.some((line) => message.test(line));
}
