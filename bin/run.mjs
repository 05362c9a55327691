/** Runs one TypeScript program of the clone on Node 24: `node bin/run.mjs bench/main.ts …`. */

import { join } from 'node:path';
import { endLike, findNode, prepare, root, runProgram } from './prepare.mjs';

prepare();
const [program, ...rest] = process.argv.slice(2);
const args = ['--disable-warning=ExperimentalWarning', join(root, program), ...rest];
endLike(await runProgram(findNode(), args, { channel: true }));
