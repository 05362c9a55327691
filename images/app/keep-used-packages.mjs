/** Takes out of package.json what the code in a folder does not import, so that only the rest is installed. */

import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const [folder] = process.argv.slice(2);
const sources = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.ts'))
  .map((path) => readFileSync(join(folder, path), 'utf8'))
  .join('\n');
const isUsed = (name) => ["'", '/'].some((end) => sources.includes(`'${name}${end}`));

const manifest = JSON.parse(readFileSync('package.json', 'utf8'));
const used = Object.entries(manifest.dependencies).filter(([name]) => isUsed(name));
const { name, version, type } = manifest;
const kept = { name, version, private: true, type, dependencies: Object.fromEntries(used) };
writeFileSync('package.json', `${JSON.stringify(kept, null, 2)}\n`);
