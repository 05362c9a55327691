/** Where the parts of a YAML text stand, so that a problem can name its line. */

import type { Document } from 'yaml';
import { isMap, isNode, isScalar, LineCounter, parseDocument } from 'yaml';
import type { FileProblem } from './experiment-file-error.ts';

/** A line and a column, counted from 1. */
export type Place = Pick<FileProblem, 'line' | 'column'>;

/** A YAML text as data, what is wrong with it as YAML, and where its parts stand. */
export interface PlacedYaml {
  readonly data: unknown;
  readonly problems: readonly FileProblem[];
  /** Place of the value at a path such as `['upgrades', 0, 'to']`; of the nearest part around it where there is none. */
  readonly placeOf: (path: readonly (string | number)[]) => Place;
  /** Place of a key of the map at the path. */
  readonly placeOfKey: (path: readonly (string | number)[], key: string) => Place;
}

/** Reads a YAML text. */
export function readPlacedYaml(text: string): PlacedYaml {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const at = (offset: number): Place => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  };
  const problems = document.errors.map(({ pos, message }) => ({ ...at(pos[0]), message }));
  const placeOf = (path: readonly (string | number)[]) => at(offsetOf(document, path));
  return {
    data: problems.length === 0 ? document.toJS() : undefined,
    problems,
    placeOf,
    placeOfKey(path, key) {
      const map = path.length === 0 ? document.contents : document.getIn(path, true);
      const pair = isMap(map)
        ? map.items.find((item) => isScalar(item.key) && String(item.key.value) === key)
        : undefined;
      const offset = isNode(pair?.key) ? pair.key.range?.[0] : undefined;
      return offset === undefined ? placeOf(path) : at(offset);
    },
  };
}

function offsetOf(document: Document, path: readonly (string | number)[]): number {
  const node = path.length === 0 ? document.contents : document.getIn(path, true);
  const start = isNode(node) ? node.range?.[0] : undefined;
  if (start !== undefined) return start;
  return path.length === 0 ? 0 : offsetOf(document, path.slice(0, -1));
}
