/** Builds the images that are asked for into OCI archives; one whose inputs did not change is not built again. */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { withLock } from '../src/platform/local/artifacts/lock.ts';
import { baseKey, requireBase } from './base.ts';
import { buildImage, cleanUp, writeArchive } from './buildah.ts';
import type { Recipe } from './catalogue.ts';
import { recipes } from './catalogue.ts';
import { hashInputs, revisionOf } from './input-hash.ts';
import { imagesCache, root } from './paths.ts';
import type { Say } from './steps.ts';
import { step } from './steps.ts';
import { ImageError, requireTools } from './tools.ts';

/** An image that is there. */
export interface BuiltImage {
  /** E.g. `app-v1`. */
  readonly name: string;
  /** E.g. `docker.io/cutover/app:v1`. */
  readonly reference: string;
  /** Path of its OCI archive. */
  readonly archive: string;
}

/** Builds the named images (all where none is named) and resolves with their archives; an unknown name is an {@link ImageError}. */
export async function buildImages(
  names: readonly string[],
  say: Say,
): Promise<readonly BuiltImage[]> {
  const known = recipes();
  const unknown = names.filter((name) => !known.some((recipe) => recipe.name === name));
  if (unknown.length > 0) {
    const all = known.map(({ name }) => name).join(', ');
    throw new ImageError(`There is no image ${unknown.join(', ')}. There are: ${all}`);
  }
  mkdirSync(imagesCache(), { recursive: true });
  const wanted = known.filter(({ name }) => names.length === 0 || names.includes(name));
  const waiting = (): void => say('… another process builds images; waiting');
  return withLock(join(imagesCache(), 'build.lock'), waiting, async () => {
    const planned = wanted.map(plan);
    const missing = planned.filter(({ archive }) => !existsSync(archive));
    for (const { recipe, archive } of planned.filter((each) => !missing.includes(each)))
      say(`✔ ${recipe.reference}  unchanged, ${megabytes(archive)}`);
    if (missing.length > 0) await buildAll(missing, say);
    return planned.map(({ recipe: { name, reference }, archive }) => ({
      name,
      reference,
      archive,
    }));
  });
}

/** An image as its inputs are now. */
interface Plan {
  readonly recipe: Recipe;
  readonly revision: string;
  readonly archive: string;
}

function plan(recipe: Recipe): Plan {
  const { name, inputs, texts, version } = recipe;
  const revision = revisionOf(root, inputs);
  const key = hashInputs(root, inputs, [...texts, version, revision, baseKey()]);
  return { recipe, revision, archive: join(imagesCache(), `${name}-${key}.tar`) };
}

async function buildAll(plans: readonly Plan[], say: Say): Promise<void> {
  await requireTools({ buildah: 'buildah' }, say);
  try {
    for (const { recipe, revision, archive } of plans) {
      await buildRecipe(recipe, revision, archive, say);
      removeOlder(recipe.name, archive);
      say(`✔ ${recipe.reference}  ${megabytes(archive)}`);
    }
  } finally {
    await cleanUp();
  }
}

async function buildRecipe(
  recipe: Recipe,
  revision: string,
  archive: string,
  say: Say,
): Promise<void> {
  const { name, reference, version, bases, stage } = recipe;
  const args = {
    BASE: await requireBase(bases.BASE, say),
    RUNTIME: await requireBase(bases.RUNTIME, say),
    VERSION: version,
    REVISION: revision,
  };
  const staging = mkdtempSync(join(imagesCache(), 'staging-'));
  try {
    if (stage) await step(say, `${name}: collect what goes in`, () => stage(staging));
    const dockerfile = join(root, recipe.dockerfile);
    const context = stage ? staging : root;
    await step(say, `${name}: build`, () =>
      buildImage({ reference, dockerfile, context, args, cacheLayers: true }),
    );
    await step(say, `${name}: write the archive`, () => writeArchive(reference, archive));
  } finally {
    rmSync(staging, { recursive: true });
  }
}

/** One archive an image is kept, so that the cache does not grow with each change. */
function removeOlder(name: string, current: string): void {
  const older = new RegExp(`^${name}-[0-9a-f]{12}\\.tar$`);
  for (const file of readdirSync(imagesCache()).filter((each) => older.test(each))) {
    const path = join(imagesCache(), file);
    if (path !== current) rmSync(path);
  }
}

const megabytes = (path: string): string => `${(statSync(path).size / 1e6).toFixed(0)} MB`;
