#!/usr/bin/env node
/** The command `cutover`: prepares the clone where needed and runs src/cli/main.ts on Node 24. */

import { join } from 'node:path';
import { endLike, findNode, prepare, root, runProgram } from './prepare.mjs';

prepare();
const main = join(root, 'src/cli/main.ts');
const args = ['--disable-warning=ExperimentalWarning', main, ...process.argv.slice(2)];
endLike(await runProgram(findNode(), args, { channel: true }));
