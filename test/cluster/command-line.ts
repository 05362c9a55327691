/** The command line of the test cluster: `npm run cluster -- up|down|status|load`. */
import { Command, InvalidArgumentError, Option } from 'commander';
import { findCluster, startCluster } from './cluster.ts';
import { bringDown } from './down.ts';
import { ClusterError } from './errors.ts';
import type { Layout } from './layout.ts';
import { defaultName, layoutOf, namePattern } from './layout.ts';
import { loadArchive } from './load.ts';
import { restartNode, stopNode } from './node-life.ts';
import { whyUnsupported } from './requirements.ts';
import { describeStatus } from './status.ts';
import type { Log } from './steps.ts';

/** Where the command line writes, and what ends it early. */
export interface CommandLine {
  /** A line of the result. */
  readonly print: (line: string) => void;
  /** A line for people. */
  readonly note: (line: string) => void;
  readonly interrupt: AbortSignal;
}

interface NameOption {
  readonly name: string;
}

const examples = `
Examples:
  npm run cluster -- up                          two nodes, and the command to use them with
  npm run cluster -- up --nodes 1 --retain       one node; what a failed start leaves is kept
  npm run cluster -- load app.tar                an image archive (OCI, docker save) onto every node
  npm run cluster -- status
  npm run cluster -- stop-node node-2            as when it loses its power; start-node brings it back
  npm run cluster -- down                        the machine is as it was, also after a kill
`;

/** The commands; running one rejects with what went wrong. */
export function createProgram(line: CommandLine): Command {
  const program = new Command('npm run cluster --')
    .description('A real Kubernetes cluster on this machine for tests: Linux, as root.')
    .addHelpText('after', examples)
    .exitOverride()
    .showHelpAfterError('(see npm run cluster -- --help)')
    .configureOutput({
      writeOut: (text) => line.print(text.replace(/\n$/, '')),
      writeErr: (text) => line.note(text.replace(/\n$/, '')),
    });
  addUp(program, line);
  addDown(program, line);
  addStatus(program, line);
  addLoad(program, line);
  addNodeCommand(
    program,
    line,
    'stop-node',
    'end a node at once, as when it loses its power',
    stopNode,
  );
  addNodeCommand(
    program,
    line,
    'start-node',
    'start a stopped node with the disk it had',
    restartNode,
  );
  return program;
}

function addUp(program: Command, line: CommandLine): void {
  program
    .command('up')
    .description('start a cluster; the first start builds it from source, once')
    .addOption(nameOption())
    .addOption(new Option('--nodes <n>', 'how many nodes, 1 to 5').default(2).argParser(parseNodes))
    .option('--retain', 'keep what a failed start leaves, to look at', false)
    .action(async (options: NameOption & { nodes: number; retain: boolean }) => {
      const { kubeconfig, context, gatewayUrl } = await startCluster({
        ...options,
        log: line.note,
        signal: line.interrupt,
      });
      line.print(`kubeconfig  ${kubeconfig}`);
      line.print(`context     ${context}`);
      line.print(`gateway     ${gatewayUrl}`);
      line.note(`try: kubectl --kubeconfig ${kubeconfig} get nodes`);
    });
}

function addDown(program: Command, line: CommandLine): void {
  program
    .command('down')
    .description('end a cluster, or what a killed start left of it')
    .addOption(nameOption())
    .action(async ({ name }: NameOption) => {
      requireSupported();
      await bringDown(layoutOf(name), line.note);
    });
}

function addStatus(program: Command, line: CommandLine): void {
  program
    .command('status')
    .description('say what runs; ends with 1 where nothing does')
    .addOption(nameOption())
    .action(async ({ name }: NameOption) => {
      requireSupported();
      const cluster = await findCluster(name);
      for (const each of await describeStatus(layoutOf(name), cluster)) line.print(each);
      if (!cluster) process.exitCode = 1;
    });
}

function addLoad(program: Command, line: CommandLine): void {
  program
    .command('load <archives...>')
    .description('put image archives (OCI, docker save) onto every node')
    .addOption(nameOption())
    .action(async (archives: readonly string[], { name }: NameOption) => {
      requireSupported();
      for (const archive of archives) {
        for (const image of await loadArchive(layoutOf(name), archive, line.note)) {
          line.print(image);
        }
      }
    });
}

function addNodeCommand(
  program: Command,
  line: CommandLine,
  command: string,
  description: string,
  work: (layout: Layout, node: string, log: Log) => Promise<void>,
): void {
  program
    .command(`${command} <node>`)
    .description(description)
    .addOption(nameOption())
    .action(async (node: string, { name }: NameOption) => {
      requireSupported();
      await work(layoutOf(name), node, line.note);
    });
}

function nameOption(): Option {
  return new Option('--name <name>', 'which cluster; several can stand beside each other')
    .default(defaultName)
    .argParser((name: string) => {
      if (namePattern.test(name)) return name;
      throw new InvalidArgumentError('It takes 1 to 7 small letters and digits.');
    });
}

function parseNodes(text: string): number {
  const nodes = Number(text);
  if (Number.isInteger(nodes) && nodes >= 1 && nodes <= 5) return nodes;
  throw new InvalidArgumentError('It takes a whole number from 1 to 5.');
}

function requireSupported(): void {
  const unsupported = whyUnsupported();
  if (unsupported) throw new ClusterError('UNSUPPORTED', unsupported);
}
