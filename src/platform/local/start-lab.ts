/** Brings a lab up on the local platform. */
import type { Lab, LabSpec } from '../platform.ts';
import type { ReportProgress } from './artifacts/report-progress.ts';
import { startComponents } from './components/start-components.ts';
import { messageOf, ProcessError } from './errors.ts';
import type { Programs } from './instance.ts';
import type { LabParts } from './lab.ts';
import { LocalLab } from './lab.ts';
import type { SupervisedProcess } from './process/supervised.ts';
import type { Session } from './session.ts';
import { openSession } from './session.ts';

const startAttempts = 3;

/** Brings a lab up; rejects, with nothing left running, where a component does not come up. */
export async function startLab(
  spec: LabSpec,
  programs: Programs,
  progress: ReportProgress,
): Promise<Lab> {
  const session = await openSession(spec);
  try {
    const { addresses, components } = await startUntilPortsFit(session, spec, progress);
    session.ensureOpen();
    return new LocalLab({ session, spec, addresses, components, programs, progress });
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
): Promise<Pick<LabParts, 'addresses' | 'components'>> {
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

function isPortTaken(error: unknown): boolean {
  const message = /address already in use|already bound|in use by another process/i;
  return error instanceof ProcessError && error.tail.some((line) => message.test(line));
}
