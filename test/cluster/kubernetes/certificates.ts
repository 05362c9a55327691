/** The cluster's certificate authority and everybody's certificates, made with openssl for one life of the cluster. */
import { generateKeyPairSync } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { apiServiceAddress, nodeAddress, nodeName } from '../machine/network-plan.ts';
import { runProgram } from '../run-program.ts';

/** Whom a certificate is for. */
interface Subject {
  /** Its files are `<file>.crt` and `<file>.key`. */
  readonly file: string;
  readonly commonName: string;
  /** Its groups, as Kubernetes reads them. */
  readonly organization?: string;
  /** Where it serves, e.g. `IP:10.187.0.11`. */
  readonly names?: readonly string[];
}

const days = '30';
const keyKind = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-noenc'];

/** File of the authority, below the folder. */
export const authorityFile = 'ca.crt';

/** Fills the folder with the certificates of a cluster of so many nodes. */
export async function makeCertificates(folder: string, slot: number, nodes: number): Promise<void> {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  await makeAuthority(folder, 'ca', 'cutover');
  await makeAuthority(folder, 'front-proxy-ca', 'cutover-front-proxy');
  makeServiceAccountKey(folder);
  await makeCertificate(folder, 'front-proxy-ca', {
    file: 'front-proxy',
    commonName: 'front-proxy-client',
  });
  for (const subject of subjects(slot, nodes)) await makeCertificate(folder, 'ca', subject);
}

function subjects(slot: number, nodes: number): readonly Subject[] {
  const apiNames = ['kubernetes', 'kubernetes.default', 'kubernetes.default.svc', 'localhost'];
  const apiAddresses = [nodeAddress(slot, 1), apiServiceAddress, '127.0.0.1'];
  return [
    {
      file: 'apiserver',
      commonName: 'kube-apiserver',
      names: [...apiNames.map((name) => `DNS:${name}`), ...apiAddresses.map((ip) => `IP:${ip}`)],
    },
    { file: 'admin', commonName: 'admin', organization: 'system:masters' },
    { file: 'apiserver-kubelet', commonName: 'kube-apiserver', organization: 'system:masters' },
    { file: 'controller-manager', commonName: 'system:kube-controller-manager' },
    { file: 'scheduler', commonName: 'system:kube-scheduler' },
    { file: 'kube-proxy', commonName: 'system:kube-proxy' },
    ...Array.from({ length: nodes }, (_, index) => nodeSubject(slot, index + 1)),
  ];
}

/** What a kubelet shows to the API server as its client, and to it as a server. */
function nodeSubject(slot: number, node: number): Subject {
  const name = nodeName(node);
  return {
    file: name,
    commonName: `system:node:${name}`,
    organization: 'system:nodes',
    names: [`DNS:${name}`, `IP:${nodeAddress(slot, node)}`],
  };
}

async function makeAuthority(folder: string, file: string, name: string): Promise<void> {
  const config = configOf(name, undefined, [
    'basicConstraints=critical,CA:TRUE',
    'keyUsage=critical,keyCertSign,cRLSign,digitalSignature',
  ]);
  await request(folder, file, config, []);
}

async function makeCertificate(folder: string, authority: string, subject: Subject): Promise<void> {
  const { file, commonName, organization, names = [] } = subject;
  const config = configOf(commonName, organization, [
    'basicConstraints=critical,CA:FALSE',
    'keyUsage=critical,digitalSignature,keyEncipherment',
    'extendedKeyUsage=clientAuth,serverAuth',
    ...(names.length > 0 ? [`subjectAltName=${names.join(',')}`] : []),
  ]);
  const signer = [
    '-CA',
    join(folder, `${authority}.crt`),
    '-CAkey',
    join(folder, `${authority}.key`),
  ];
  await request(folder, file, config, signer);
}

async function request(
  folder: string,
  file: string,
  config: string,
  signer: readonly string[],
): Promise<void> {
  const configFile = join(folder, `${file}.cnf`);
  writeFileSync(configFile, config);
  const output = ['-keyout', join(folder, `${file}.key`), '-out', join(folder, `${file}.crt`)];
  const how = ['-x509', '-config', configFile, '-days', days, ...keyKind, ...signer];
  await runProgram('openssl', ['req', ...how, ...output]);
}

/** The system's own configuration of openssl would add to it, so each request brings its own. */
function configOf(
  commonName: string,
  organization: string | undefined,
  extensions: readonly string[],
): string {
  const name = [...(organization ? [`O=${organization}`] : []), `CN=${commonName}`];
  return [
    '[req]',
    'prompt=no',
    'distinguished_name=name',
    'x509_extensions=extensions',
    '[name]',
    ...name,
    '[extensions]',
    ...extensions,
    '',
  ].join('\n');
}

/** Signs the tokens of service accounts. */
function makeServiceAccountKey(folder: string): void {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const secret = privateKey.export({ type: 'sec1', format: 'pem' });
  writeFileSync(join(folder, 'service-account.key'), secret, { mode: 0o600 });
  const open = publicKey.export({ type: 'spki', format: 'pem' });
  writeFileSync(join(folder, 'service-account.pub'), open);
}
