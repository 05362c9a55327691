/** What is said of package clients that are missing or fail, and of files that are not the expected ones. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { readChecksums, verifyChecksums } from '../../../src/platform/local/artifacts/checksums.ts';
import { runTool } from '../../../src/platform/local/artifacts/run-tool.ts';
import { temporaryFolder } from './temporary-folder.ts';

const words = { purpose: 'it fetches Kafka', mend: 'Mend: apt-get install maven' };

test('a missing tool is named with its purpose and the command that mends it', async () => {
  await assert.rejects(runTool({ program: 'no-such-tool', args: [], ...words }), {
    code: 'TOOL_MISSING',
    message: 'no-such-tool is missing; it fetches Kafka. Mend: apt-get install maven',
  });
});

test('a failed tool is told with its error line, without any address', async () => {
  const script =
    "console.log('[ERROR] no answer from https://registry.example/path'); process.exit(3)";
  await assert.rejects(runTool({ program: process.execPath, args: ['-e', script], ...words }), {
    exitCode: 3,
    message: `${process.execPath} failed: [ERROR] no answer from <address>`,
  });
});

test('a file with another sum than the committed one is refused', async (t) => {
  const folder = temporaryFolder(t);
  const sumOfAbc = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad';
  writeFileSync(join(folder, 'list.sha256'), `${sumOfAbc}  a.jar\n`);
  const sums = readChecksums(pathToFileURL(join(folder, 'list.sha256')));
  writeFileSync(join(folder, 'a.jar'), 'abc');
  await verifyChecksums(folder, sums);
  writeFileSync(join(folder, 'a.jar'), 'abd');
  await assert.rejects(verifyChecksums(folder, sums), {
    code: 'FETCH_FAILED',
    message: /^a\.jar is not/,
  });
});
