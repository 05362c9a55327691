/** Writes kubeconfig files; JSON is YAML, so every client reads them. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { apiPort } from '../machine/network-plan.ts';
import { authorityFile } from './certificates.ts';

/** Who connects where. */
export interface Access {
  /** Folder of the certificates. */
  readonly certificates: string;
  /** Name of the certificate's files. */
  readonly user: string;
  readonly context: string;
  /** Address of the API server. */
  readonly address: string;
}

/** Writes a kubeconfig that holds everything it needs, so it can be copied; only its owner reads it. */
export function writeKubeconfig(
  path: string,
  { certificates, user, context, address }: Access,
): void {
  const encoded = (file: string): string =>
    readFileSync(join(certificates, file)).toString('base64');
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [
      {
        name: context,
        cluster: {
          server: `https://${address}:${apiPort}`,
          'certificate-authority-data': encoded(authorityFile),
        },
      },
    ],
    users: [
      {
        name: `${context}-${user}`,
        user: {
          'client-certificate-data': encoded(`${user}.crt`),
          'client-key-data': encoded(`${user}.key`),
        },
      },
    ],
    contexts: [{ name: context, context: { cluster: context, user: `${context}-${user}` } }],
    'current-context': context,
  };
  writeFileSync(path, `${JSON.stringify(config, undefined, 2)}\n`, { mode: 0o600 });
}
