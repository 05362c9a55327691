/** Where built images are kept. */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cacheDir } from '../src/platform/local/paths.ts';

/** Folder of the clone. */
export const root = fileURLToPath(new URL('..', import.meta.url));

/** Folder of the built images, one per user. */
export const imagesCache = (): string => join(cacheDir(), 'images');
