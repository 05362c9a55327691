/** Image archives: what they are named, what is refused, and that equal content gives equal images. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after, suite } from 'node:test';
import { fullName } from './components/image-name.ts';
import { packImage } from './components/oci-archive.ts';
import { readNames } from './load.ts';

const folder = mkdtempSync(join(tmpdir(), 'cutover-archives-'));
after(() => rmSync(folder, { recursive: true }));

/** Packs one file as a tar file. */
function tar(name: string, file: string, text: string): string {
  const source = join(folder, name);
  mkdirSync(source);
  writeFileSync(join(source, file), text);
  execFileSync('tar', ['-cf', `${source}.tar`, '-C', source, file]);
  return `${source}.tar`;
}

suite('image archives', () => {
  test('are named in full, as Kubernetes looks for them', () => {
    const names = {
      'cutover/app:v1': 'docker.io/cutover/app:v1',
      'localhost/cutover/app:v1': 'docker.io/cutover/app:v1',
      busybox: 'docker.io/library/busybox:latest',
      'registry.example:5000/app': 'registry.example:5000/app:latest',
      'registry.example/a/b:1': 'registry.example/a/b:1',
    };
    for (const [short, full] of Object.entries(names)) assert.equal(fullName(short), full);
  });

  test('are read as OCI layouts and as Docker writes them', async () => {
    const manifests = [{ annotations: { 'org.opencontainers.image.ref.name': 'cutover/app:v1' } }];
    const oci = tar('oci', 'index.json', JSON.stringify({ manifests }));
    assert.deepEqual(await readNames(oci), ['docker.io/cutover/app:v1']);
    const docker = tar(
      'docker',
      'manifest.json',
      JSON.stringify([{ RepoTags: ['app:v1', 'b:2'] }]),
    );
    assert.deepEqual(await readNames(docker), [
      'docker.io/library/app:v1',
      'docker.io/library/b:2',
    ]);
  });

  test('are refused where they are none, or nameless', async () => {
    const text = join(folder, 'text');
    writeFileSync(text, 'no archive');
    await assert.rejects(readNames(text), /not an image archive/);
    await assert.rejects(readNames(join(folder, 'absent')), /no such file/);
    const nameless = tar('nameless', 'index.json', JSON.stringify({ manifests: [{}] }));
    await assert.rejects(readNames(nameless), /no image with a name. Mend: /);
    const tagOnly = [{ annotations: { 'org.opencontainers.image.ref.name': 'v1' } }];
    const tagged = tar('tagged', 'index.json', JSON.stringify({ manifests: tagOnly }));
    await assert.rejects(readNames(tagged), /no image with a name. Mend: /);
  });

  test('are the same where the content is', async () => {
    const rootFolder = join(folder, 'root');
    mkdirSync(rootFolder);
    writeFileSync(join(rootFolder, 'program'), 'same');
    const content = { rootFolder, entrypoint: ['/program'], user: '1:1' };
    const paths = ['first.tar', 'second.tar'].map((name) => join(folder, name));
    for (const path of paths) await packImage(content, 'docker.io/cutover/test:1', path);
    const [first, second] = paths.map((path) => readFileSync(path));
    assert.ok(first && second?.equals(first));
    assert.deepEqual(await readNames(paths[0] ?? ''), ['docker.io/cutover/test:1']);
  });
});
