/** The commands there are; a new one is a file in commands/ and a line here. */

import type { Command } from 'commander';
import type { CommandContext } from './command-context.ts';
import { doctorCommand } from './commands/doctor.ts';
import { downCommand } from './commands/down.ts';
import { matrixCommand } from './commands/matrix.ts';
import { planCommand } from './commands/plan.ts';
import { reportCommand } from './commands/report.ts';
import { runCommand } from './commands/run.ts';
import { upCommand } from './commands/up.ts';
import { upgradeCommand } from './commands/upgrade.ts';
import { verifyCommand } from './commands/verify.ts';
import { watchCommand } from './commands/watch.ts';

/** Adds every command to the program. */
export function addCommands(program: Command, context: CommandContext): void {
  program.addCommand(upCommand(context));
  program.addCommand(upgradeCommand(context));
  program.addCommand(planCommand(context));
  program.addCommand(runCommand(context));
  program.addCommand(matrixCommand(context));
  program.addCommand(watchCommand(context));
  program.addCommand(verifyCommand(context));
  program.addCommand(reportCommand(context));
  program.addCommand(downCommand(context));
  program.addCommand(doctorCommand(context));
}
