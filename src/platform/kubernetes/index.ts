/** What the rest of the lab may use of the Kubernetes platform. */
export { KubernetesError } from './errors.ts';
export { createKubernetesPlatform } from './kubernetes-platform.ts';
