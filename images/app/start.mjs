/** Entry of the application's image: runs the program that the first argument names, in this very process, so that it gets the signals. */

const programs = ['generator', 'back-end', 'stats'];
const [program] = process.argv.slice(2);

if (!programs.includes(program)) {
  process.stderr.write(`say which program to run: ${programs.join(', ')} (given: ${program})\n`);
  process.exit(64);
}
await import(new URL(`src/app/${program}/main.ts`, import.meta.url));
