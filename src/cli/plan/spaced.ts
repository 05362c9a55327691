/** JSON as people read it: on one line, but with room to break it. */

/** A space after each comma that stands before a key or a text. */
export function spaced(json: string): string {
  return json.replaceAll(/,(?=["{])/g, ', ');
}
