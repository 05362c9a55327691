/** Builds images: `npm run images`, `npm run images -- app-v1 kafka`. */
import { buildImages } from './build-images.ts';
import { ImageError } from './tools.ts';

const startMs = performance.now();
try {
  const say = (line: string): void => void process.stderr.write(`${line}\n`);
  const built = await buildImages(process.argv.slice(2), say);
  for (const { reference, archive } of built) process.stdout.write(`${reference}  ${archive}\n`);
  say(`${built.length} images in ${((performance.now() - startMs) / 1000).toFixed(1)} s`);
} catch (error) {
  if (!(error instanceof ImageError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
