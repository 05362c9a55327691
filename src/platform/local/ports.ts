/** Finds free ports on the loopback interface. */
import { createServer } from 'node:net';

/** Every component and instance of a local lab listens here. */
export const loopback = '127.0.0.1';

/** A port that was free when looked at. */
export async function freePort(): Promise<number> {
  return (await bindable(0)) ?? 0;
}

/** Whether nothing listens at a port. */
export async function isFree(port: number): Promise<boolean> {
  return (await bindable(port)) !== undefined;
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
