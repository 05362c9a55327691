/** Options that say which lab is meant and where it runs; every command that needs a lab has them. */

import Type from 'typebox';

const clusterOnly = 'with --platform kubernetes';

/** The options; the names of their values are commander's. */
export const placeOptions = {
  name: Type.String({
    flags: '--name <name>',
    description: 'name of the lab, so that several can run side by side',
    pattern: '^[a-z0-9]([a-z0-9-]{0,30}[a-z0-9])?$',
    expected: 'lower-case letters, digits and dashes, at most 32',
    default: 'default',
  }),
  platform: Type.String({
    flags: '--platform <name>',
    description: 'where the lab runs (local, kubernetes)',
    enum: ['local', 'kubernetes'],
    expected: 'one of: local, kubernetes',
    default: 'local',
  }),
  context: Type.Optional(
    Type.String({
      flags: '--context <name>',
      description: `context of the kubeconfig, ${clusterOnly}; none is used unasked`,
      minLength: 1,
      expected: 'the name of a context',
    }),
  ),
  namespace: Type.Optional(
    Type.String({
      flags: '--namespace <name>',
      description: `namespace, ${clusterOnly} (default: cutover, or cutover-<name>)`,
      pattern: '^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$',
      expected: 'lower-case letters, digits and dashes, at most 63',
    }),
  ),
  gateway: Type.Optional(
    Type.String({
      flags: '--gateway <url|none>',
      description: `where the cluster's Gateway answers from here, ${clusterOnly}, if it does not say so itself; "none" leaves it alone`,
      pattern: '^(none|https?://[^\\s]+)$',
      expected: 'a URL such as http://10.0.0.11:30080, or none',
    }),
  ),
};

const schema = Type.Object(placeOptions);

/** Which lab is meant and where it runs. */
export type Place = Type.Static<typeof schema>;

/** Problems between these options, each naming its flag. */
export function findPlaceProblems(typed: Readonly<Record<string, unknown>>): readonly string[] {
  if (typed.platform === 'kubernetes') return [];
  return ['context', 'namespace', 'gateway']
    .filter((name) => typed[name] !== undefined)
    .map((name) => `--${name}: only ${clusterOnly}`);
}
