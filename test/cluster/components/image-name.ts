/** Names of images as Kubernetes understands them. */

/** The full name of an image that is named shortly: `cutover/app:v1` is `docker.io/cutover/app:v1`. */
export function fullName(image: string): string {
  // Buildah's own prefix for what came from no registry.
  const name = image.replace(/^localhost\//, '');
  const [first = '', ...rest] = name.split('/');
  const hasRegistry = rest.length > 0 && /[.:]/.test(first);
  const named = hasRegistry ? name : `docker.io/${rest.length === 0 ? 'library/' : ''}${name}`;
  return /[:@][^/]*$/.test(named) ? named : `${named}:latest`;
}
