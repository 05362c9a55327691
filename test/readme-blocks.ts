/** Reads the command blocks of a Markdown file, with what a comment above each says of how it is tested. */

/** How a block's commands are run; the comment `<!-- test: … -->` above it says so. */
export type BlockMode =
  /** To its end, with exit code 0 (no comment). */
  | 'run'
  /** In the background until the lab is ready, then Ctrl-C. */
  | 'up'
  /** As `up`, with the addresses of a running lab in place of those of `your-…`. */
  | 'up, with the components of a running lab'
  /** To its end, while a lab runs. */
  | 'beside a running lab'
  /** Not at all, because it would run this test again: only that it is a script of package.json. */
  | 'script';

/** A block of commands. */
export interface CommandBlock {
  readonly line: number;
  readonly mode: BlockMode;
  readonly commands: readonly string[];
  /** With which codes its commands may end; 0 where the comment does not say `exit 0 or 2` or the like. */
  readonly exitCodes: readonly number[];
}

type Test = Pick<CommandBlock, 'mode' | 'exitCodes'>;

const modes: readonly string[] = [
  'run',
  'up',
  'up, with the components of a running lab',
  'beside a running lab',
  'script',
] satisfies BlockMode[];

/** Every `console`, `bash`, `sh` and `shell` block; a comment that names no way to test it is an error. */
export function readCommandBlocks(markdown: string): readonly CommandBlock[] {
  const lines = markdown.split('\n');
  const blocks: CommandBlock[] = [];
  for (let index = 0; index < lines.length; index += 1) {
    const language = /^\s*```(\w*)/.exec(lines[index] ?? '')?.[1];
    if (language === undefined) continue;
    const end = lines.findIndex((line, at) => at > index && /^\s*```\s*$/.test(line));
    if (end < 0) throw new Error(`line ${index + 1}: the block does not end`);
    if (['console', 'bash', 'sh', 'shell'].includes(language)) {
      const commands = readCommands(language, lines.slice(index + 1, end));
      blocks.push({ line: index + 1, commands, ...readTest(lines, index) });
    }
    index = end;
  }
  return blocks;
}

/** In a `console` block commands begin with `$ `, what is below them is output; elsewhere every line is one. */
function readCommands(language: string, lines: readonly string[]): readonly string[] {
  const commands =
    language === 'console'
      ? lines.flatMap((line) => /^\s*\$ (.*)/.exec(line)?.[1] ?? [])
      : lines.filter((line) => !/^\s*(#|$)/.test(line));
  return commands.map((command) => command.replace(/\s+#.*$/, '').trim());
}

function readTest(lines: readonly string[], fence: number): Test {
  const above = lines.slice(0, fence).findLast((line) => line.trim() !== '') ?? '';
  const text = /<!--\s*test:\s*(.*?)\s*-->/.exec(above)?.[1] ?? 'run';
  const [mode = '', exit = 'exit 0'] = text.split(/;\s*/);
  const exitCodes = [...exit.matchAll(/\d+/g)].map(([code]) => Number(code));
  if (isMode(mode) && exitCodes.length > 0) return { mode, exitCodes };
  throw new Error(`line ${fence}: ${text} is no way to test a block`);
}

function isMode(text: string): text is BlockMode {
  return modes.includes(text);
}
