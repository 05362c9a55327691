/** Reads which file imports which, and judges that by the house's boundaries. */

import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';

/** Source text by path from the clone's root, e.g. `src/cli/main.ts`. */
export type Sources = Readonly<Record<string, string>>;

/** Imported files by importing file, both as paths from the clone's root; packages are left out. */
export type ImportGraph = ReadonlyMap<string, readonly string[]>;

interface Boundary {
  readonly rule: string;
  readonly from: RegExp;
  /** Whether this file may not be imported; `match` is that of `from` on the importing file. */
  readonly forbids: (to: string, match: RegExpMatchArray) => boolean;
}

const isUnder = (folder: string) => (to: string) => to.startsWith(`${folder}/`);
const isOutside = (...folders: string[]) => {
  return (to: string) => !folders.some((folder) => to === folder || to.startsWith(`${folder}/`));
};

const boundaries: readonly Boundary[] = [
  { rule: 'app imports nothing of the lab', from: /^src\/app\//, forbids: isOutside('src/app') },
  {
    rule: 'a version imports no other version',
    from: /^src\/app\/versions\/(v\d+)\//,
    forbids: (to, match) =>
      /^src\/app\/versions\/v\d/.test(to) && isOutside(`src/app/versions/${match[1]}`)(to),
  },
  { rule: 'checker never imports app', from: /^src\/checker\//, forbids: isUnder('src/app') },
  {
    rule: 'checker never imports a platform',
    from: /^src\/checker\//,
    forbids: isUnder('src/platform'),
  },
  { rule: 'history never imports app', from: /^src\/history\//, forbids: isUnder('src/app') },
  {
    rule: 'a platform sees only itself and platform.ts',
    from: /^src\/platform\/([^/]+)\//,
    forbids: (to, match) => isOutside('src/platform/platform.ts', `src/platform/${match[1]}`)(to),
  },
  {
    rule: 'strategy sees only platform.ts',
    from: /^src\/strategy\//,
    forbids: isOutside('src/strategy', 'src/platform/platform.ts'),
  },
  {
    rule: 'fault sees only platform.ts',
    from: /^src\/fault\//,
    forbids: isOutside('src/fault', 'src/platform/platform.ts'),
  },
  {
    rule: 'report sees only saved results',
    from: /^src\/report\//,
    forbids: isOutside(
      'src/report',
      'src/history',
      'src/experiment/experiment.ts',
      'src/experiment/prediction.ts',
    ),
  },
  {
    rule: 'an experiment is read and predicted without anything that runs',
    from: /^src\/experiment\//,
    forbids: isOutside(
      'src/experiment',
      'src/app',
      'src/history/history.ts',
      'src/platform/platform.ts',
      'src/nearest.ts',
    ),
  },
  { rule: 'only cli imports cli', from: /^src\/(?!cli\/)/, forbids: isUnder('src/cli') },
];

/** Files that may end their process: those that are a program, and the course that the three of the app share. */
const mayExit = [
  /^src\/cli\/main\.ts$/,
  /^src\/app\/[^/]+\/main\.ts$/,
  /^src\/app\/runtime\/program\.ts$/,
  /^src\/platform\/local\/process\/guard\.ts$/,
];

/** Every TypeScript file under the folder, with paths from the root. */
export function readSources(root: string, folder: string): Sources {
  const paths = readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' });
  const files = paths.filter((path) => path.endsWith('.ts')).map((path) => `${folder}/${path}`);
  return Object.fromEntries(files.map((file) => [file, readFileSync(join(root, file), 'utf8')]));
}

/** Reads the relative imports: static, type-only, re-exports, for effect only, and dynamic ones with a literal. */
export function readImports(sources: Sources): ImportGraph {
  const entries = Object.entries(sources).map(([file, text]) => {
    const found = withoutComments(text).matchAll(
      /(?:\bfrom|\bimport)\s*\(?\s*(?:'([^'\n]+)'|"([^"\n]+)")/g,
    );
    const relative = [...found]
      .map((match) => match[1] ?? match[2] ?? '')
      .filter((specifier) => specifier.startsWith('.'));
    return [file, relative.map((specifier) => normalize(join(dirname(file), specifier)))] as const;
  });
  return new Map(entries);
}

function withoutComments(text: string): string {
  const commentOrText = /\/\*[\s\S]*?\*\/|\/\/[^\n]*|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"/g;
  return text.replaceAll(commentOrText, (part) => (part.startsWith('/') ? ' ' : part));
}

/** Every import that crosses a boundary, as `rule: from → to`. */
export function findCrossings(graph: ImportGraph): readonly string[] {
  return [...graph].flatMap(([from, imports]) =>
    boundaries.flatMap(({ rule, from: pattern, forbids }) => {
      const match = from.match(pattern);
      if (match === null) return [];
      return imports.filter((to) => forbids(to, match)).map((to) => `${rule}: ${from} → ${to}`);
    }),
  );
}

/** Every import that leads back to its own file, as `a → b → a`; each circle once. */
export function findCircles(graph: ImportGraph): readonly string[] {
  const circles = new Set<string>();
  const finished = new Set<string>();
  const visit = (file: string, trail: readonly string[]) => {
    const at = trail.indexOf(file);
    if (at >= 0) circles.add([...trail.slice(at), file].join(' → '));
    if (at >= 0 || finished.has(file)) return;
    for (const next of graph.get(file) ?? []) visit(next, [...trail, file]);
    finished.add(file);
  };
  for (const file of graph.keys()) visit(file, []);
  return [...circles];
}

/** Every import of a file that is not there, as `from → to`. */
export function findMissing(graph: ImportGraph): readonly string[] {
  return [...graph].flatMap(([from, imports]) =>
    imports.filter((to) => to.endsWith('.ts') && !graph.has(to)).map((to) => `${from} → ${to}`),
  );
}

/** Every file that ends its process and may not. */
export function findExits(sources: Sources): readonly string[] {
  return Object.entries(sources)
    .filter(([, text]) =>
      /\bprocess\s*\.\s*(exit|abort|reallyExit)\s*\(/.test(withoutComments(text)),
    )
    .map(([file]) => file)
    .filter((file) => !mayExit.some((pattern) => pattern.test(file)));
}
