/** Says what is being done and how long it took. */

/** Receives one line for a person. */
export type Say = (line: string) => void;

/** Does one step of the work and says its name, then its time; a failure says that too and is passed on. */
export async function step<T>(say: Say, name: string, work: () => T | Promise<T>): Promise<T> {
  say(`… ${name}`);
  const startMs = performance.now();
  const seconds = (): string => `${((performance.now() - startMs) / 1000).toFixed(1)} s`;
  try {
    const result = await work();
    say(`✔ ${name}  ${seconds()}`);
    return result;
  } catch (error) {
    say(`✖ ${name}  ${seconds()}`);
    throw error;
  }
}
