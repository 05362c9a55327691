/** Every image: its name, what goes into it, and how its build context is made. */
import { readdirSync } from 'node:fs';
import { cp, mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { availableVersions } from '../src/app/versions/load.ts';
import { kafkaClasspath, kafkaVersion } from '../src/platform/local/artifacts/kafka.ts';
import { registryApp, registryVersion } from '../src/platform/local/artifacts/registry.ts';
import { valkeyServer } from '../src/platform/local/artifacts/valkey.ts';
import type { Base } from './base.ts';
import { javaRuntimeKey, linkJava } from './java-runtime.ts';
import { labVersion } from './lab-version.ts';
import { root } from './paths.ts';

/** An image that can be built. */
export interface Recipe {
  /** For the command line, e.g. `app-v1`. */
  readonly name: string;
  /** As manifests name it, e.g. `docker.io/cutover/app:v1`. */
  readonly reference: string;
  /** What the label `org.opencontainers.image.version` says. */
  readonly version: string;
  /** From the clone's root. */
  readonly dockerfile: string;
  readonly bases: Readonly<Record<'BASE' | 'RUNTIME', Base>>;
  /** Files and folders that go in, from the clone's root. */
  readonly inputs: readonly string[];
  /** What else goes in: versions of what is fetched. */
  readonly texts: readonly string[];
  /** Fills an empty folder with the build context; absent where that is the clone. */
  readonly stage?: (folder: string) => Promise<void>;
}

const packageFiles = ['package.json', 'package-lock.json'];
const keepUsed = 'images/app/keep-used-packages.mjs';
const nodeImage = { BASE: 'node', RUNTIME: 'debian' } as const;
const debianImage = { BASE: 'debian', RUNTIME: 'debian' } as const;
const quiet = (): void => undefined;

/** The image of one application version; its inputs leave out the code of the others. */
function appRecipe(version: string): Recipe {
  const shared = readdirSync(join(root, 'src/app')).filter((name) => name !== 'versions');
  return {
    name: `app-${version}`,
    reference: `docker.io/cutover/app:${version}`,
    version,
    dockerfile: 'images/app/Dockerfile',
    bases: nodeImage,
    inputs: [
      'images/app',
      ...packageFiles,
      ...[...shared.sort(), 'versions/load.ts', `versions/${version}`].map(
        (path) => `src/app/${path}`,
      ),
    ],
    texts: [],
  };
}

function labRecipe(): Recipe {
  return {
    name: 'lab',
    reference: `docker.io/cutover/lab:${labVersion()}`,
    version: labVersion(),
    dockerfile: 'images/lab/Dockerfile',
    bases: nodeImage,
    inputs: ['images/lab', keepUsed, ...packageFiles, 'src', 'deploy', 'experiments'],
    texts: [],
  };
}

const kafka: Recipe = {
  name: 'kafka',
  reference: `docker.io/apache/kafka:${kafkaVersion}`,
  version: kafkaVersion,
  dockerfile: 'images/kafka/Dockerfile',
  bases: debianImage,
  inputs: ['images/kafka'],
  texts: [javaRuntimeKey()],
  async stage(folder) {
    const jars = await kafkaClasspath(quiet);
    await mkdir(join(folder, 'libs'));
    for (const jar of jars) await cp(jar, join(folder, 'libs', jar.slice(dirname(jar).length)));
    for (const own of ['bin', 'record-classes.sh'])
      await cp(join(root, 'images/kafka', own), join(folder, own), { recursive: true });
    await linkJava(join(folder, 'java'));
  },
};

const registry: Recipe = {
  name: 'registry',
  reference: `docker.io/apicurio/apicurio-registry:${registryVersion}`,
  version: registryVersion,
  dockerfile: 'images/registry/Dockerfile',
  bases: debianImage,
  inputs: ['images/registry'],
  texts: [javaRuntimeKey()],
  async stage(folder) {
    await cp(await registryApp(quiet), join(folder, 'app'), { recursive: true });
    const record = 'record-classes.sh';
    await cp(join(root, 'images/registry', record), join(folder, record));
    await linkJava(join(folder, 'java'));
  },
};

const valkeyVersion = '9.1.2';
const valkey: Recipe = {
  name: 'valkey',
  reference: `docker.io/valkey/valkey:${valkeyVersion}`,
  version: valkeyVersion,
  dockerfile: 'images/valkey/Dockerfile',
  bases: debianImage,
  inputs: ['images/valkey'],
  texts: [],
  async stage(folder) {
    await cp(await valkeyServer(quiet), join(folder, 'valkey-server'));
  },
};

/** Every image, in the order in which all of them are built. */
export function recipes(): readonly Recipe[] {
  return [...availableVersions().map(appRecipe), labRecipe(), kafka, registry, valkey];
}
