/** Finds free ports on the loopback interface, preferring the well-known ones. */
import { createServer } from 'node:net';

/** Every component and instance of a local lab listens here. */
export const loopback = '127.0.0.1';

/** A port that was free when looked at: `preferred` where it is, else any other. */
export async function freePort(preferred = 0): Promise<number> {
  return (await bindable(preferred)) ?? (await bindable(0)) ?? preferred;
}

/**
 * One free port for each wish (0 = any), all different.
 * @param taken called for each wish that could not be met
 */
export async function freePorts(
  wishes: readonly number[],
  taken: (wished: number, given: number) => void,
): Promise<readonly number[]> {
  const ports: number[] = [];
  for (const wished of wishes) {
    let port = await freePort(wished);
    while (ports.includes(port) || (port !== wished && wishes.includes(port)))
      port = await freePort();
    if (wished !== 0 && port !== wished) taken(wished, port);
    ports.push(port);
  }
  return ports;
}

function bindable(port: number): Promise<number | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(undefined));
    server.listen({ port, host: loopback, exclusive: true }, () => {
      const address = server.address();
      const bound = typeof address === 'object' && address !== null ? address.port : port;
      server.close(() => resolve(bound));
    });
  });
}
