/** Opens every image and looks: only what belongs there, not root, labelled; and the application's image runs and ends as a pod would have it. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import test, { after, before, suite } from 'node:test';
import type { BuiltImage } from '../../images/build-images.ts';
import { buildImages } from '../../images/build-images.ts';
import { availableVersions } from '../../src/app/versions/load.ts';
import type { ImageContents } from './image-contents.ts';
import { readImage, unpackImage } from './image-contents.ts';

const readJson = <T>(path: string): T =>
  JSON.parse(readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8')) as T;
const labVersion = readJson<{ version: string }>('package.json').version;
const lock = readJson<{ packages: Record<string, { dev?: boolean }> }>('package-lock.json');
/** Folders of the packages that only developers need, e.g. `node_modules/typescript`. */
const developersOnly = Object.keys(lock.packages).filter((path) => lock.packages[path]?.dev);
const versions = availableVersions();
let images: readonly (BuiltImage & { readonly contents: ImageContents })[];

before(async () => {
  const built = await buildImages([], (line) => process.stderr.write(`${line}\n`));
  images = await Promise.all(
    built.map(async (image) => ({ ...image, contents: await readImage(image.archive) })),
  );
});

function imageOf(name: string): BuiltImage & { readonly contents: ImageContents } {
  const image = images.find((each) => each.name === name);
  assert.ok(image, `there is no image ${name}`);
  return image;
}

test('there is an image of each version, of the lab and of each component', () => {
  const expected = [
    ...versions.map((version) => `docker.io/cutover/app:${version}`),
    `docker.io/cutover/lab:${labVersion}`,
    'docker.io/apache/kafka:4.3.1',
    'docker.io/apicurio/apicurio-registry:3.3.3',
    'docker.io/valkey/valkey:9.1.2',
  ];
  assert.deepEqual(
    images.map(({ reference }) => reference),
    expected,
  );
});

test('none runs as root, and each says its version and its commit', () => {
  for (const { name, contents } of images) {
    assert.match(contents.user, /^[1-9]\d*:\d+$/, `${name} runs as "${contents.user}"`);
    const label = (key: string) => contents.labels[`org.opencontainers.image.${key}`] ?? '';
    assert.match(label('version'), /^v?\d/, name);
    assert.match(label('revision'), /^[0-9a-f]{40}(-dirty)?$/, name);
  }
});

test('none holds what belongs to the machine that built it', () => {
  const foreign = /(^|\/)(\.npmrc|resolv\.conf|ca-certificates\.crt|\.git\/|\.m2\/)/;
  for (const { name, contents } of images) {
    assert.deepEqual(
      contents.paths.filter((path) => foreign.test(path) && !path.includes('/node_modules/')),
      [],
      name,
    );
  }
});

for (const version of versions) {
  suite(`the image of ${version}`, () => {
    test('holds the code of that version and of no other', () => {
      const { paths } = imageOf(`app-${version}`).contents;
      const folder = 'app/src/app/versions/';
      const inside = paths.filter((path) => path.startsWith(folder) && path !== folder);
      const names = new Set(inside.map((path) => path.slice(folder.length).split('/')[0]));
      assert.deepEqual([...names].sort(), ['load.ts', version].sort());
      assert.ok(paths.includes(`${folder}${version}/index.ts`));
    });

    test('holds the application alone: nothing of the lab, no package that it does not use', () => {
      const { paths } = imageOf(`app-${version}`).contents;
      const lab = /^app\/(bin|bench|docs|deploy|test|images|src\/(?!app\/|$))/;
      assert.deepEqual(
        paths.filter((path) => lab.test(path)),
        [],
      );
      const unused = [...developersOnly, 'node_modules/commander', 'node_modules/npm'];
      const packages = unused.filter((folder) => paths.includes(`app/${folder}/`));
      assert.deepEqual(packages, []);
      assert.ok(paths.includes('app/node_modules/fastify/'));
    });
  });
}

test('the image of the lab holds no package of the tests', () => {
  const { paths } = imageOf('lab').contents;
  const packages = developersOnly.filter((folder) => paths.includes(`lab/${folder}/`));
  assert.deepEqual(packages, []);
  assert.ok(paths.includes('lab/node_modules/commander/'));
});

suite('the image of a version, run as another user than root', () => {
  let root: string;

  before(async () => {
    root = mkdtempSync(join(tmpdir(), 'cutover-root-'));
    await unpackImage(imageOf('app-v2').archive, root);
    chmodSync(root, 0o755);
  });
  after(() => rmSync(root, { recursive: true }));

  /** Starts the image's entry in its own root file system. */
  function start(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
    const { entrypoint, environment, user } = imageOf('app-v2').contents;
    const own = environment.map((line) => line.split(/=(.*)/s).slice(0, 2) as [string, string]);
    return spawn('chroot', [`--userspec=${user}`, root, ...entrypoint, ...args], {
      env: { ...Object.fromEntries(own), ...env, PATH: `${process.env.PATH}:/usr/local/bin` },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  }

  test('refuses an unknown program', async () => {
    const [code] = await once(start(['front-end']), 'close');
    assert.equal(code, 64);
  });

  test('says every setting that is missing', async () => {
    const child = start(['back-end']);
    const lines: string[] = [];
    createInterface({ input: child.stderr }).on('line', (line) => lines.push(line));
    const [code] = await once(child, 'close');
    assert.equal(code, 64);
    assert.deepEqual(lines.map((line) => line.split(' ')[0]).sort(), [
      'KAFKA_BOOTSTRAP',
      'REGISTRY_URL',
      'VALKEY',
    ]);
  });

  for (const program of ['generator', 'back-end', 'stats']) {
    test(`${program} listens, and ends by SIGTERM without help`, { timeout: 30_000 }, async () => {
      const nowhere = '127.0.0.1:9';
      const child = start([program], {
        ...{ HOST: '127.0.0.1', PORT: '0', SKUS: '0', VALKEY: nowhere },
        ...{ KAFKA_BOOTSTRAP: nowhere, REGISTRY_URL: `http://${nowhere}` },
      });
      for await (const line of createInterface({ input: child.stdout })) {
        if (line.includes('"event":"listening"')) child.kill('SIGTERM');
      }
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
      assert.deepEqual([child.exitCode, child.signalCode], [0, null]);
    });
  }
});
