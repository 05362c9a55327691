/** Makes a Deployment of the manifests into one that the lab was asked for. */
import type { DeploymentSpec, RunSettings } from '../platform.ts';
import { setEnv } from './lab-manifests.ts';
import { SPEC, VERSION } from './labels.ts';
import type { Manifest } from './manifests.ts';

/** What to change of a role's Deployment. */
export function programChange(
  spec: DeploymentSpec,
  run: RunSettings,
): (deployment: Manifest) => void {
  return (deployment) => {
    const { metadata } = deployment;
    const template = deployment.spec.template;
    deployment.spec.replicas = spec.replicas;
    metadata.annotations = { ...metadata.annotations, [SPEC]: JSON.stringify(spec) };
    metadata.labels = { ...metadata.labels, [VERSION]: spec.version };
    template.metadata.labels = { ...template.metadata.labels, [VERSION]: spec.version };
    // So that a program can be killed and paused from within, see `signals.ts`.
    template.spec.shareProcessNamespace = true;
    const [container] = template.spec.containers;
    container.image = container.image.replace(/:[^:/]*$/, `:${spec.version}`);
    setEnv(container, { ...generatorEnv(spec, run), ...spec.env });
  };
}

function generatorEnv(
  { role }: DeploymentSpec,
  { skus, order }: RunSettings,
): Record<string, string> {
  return role === 'generator' ? { SKUS: `0-${skus - 1}`, ORDER: order } : {};
}
