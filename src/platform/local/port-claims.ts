/** Ports that one lab claims for itself, so that labs which start at the same time never choose the same one. */
import { mkdirSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { releaseLock, tryLock } from './artifacts/lock.ts';
import { isFree } from './ports.ts';

/** Below the range that systems hand out to outgoing connections, which would take a port meanwhile. */
const [firstPort, lastPort] = [20_000, 32_000];

/** The claims of one lab; they end with `release` or with this process. */
export class PortClaims {
  readonly #folder: string;
  readonly #claimed = new Set<number>();

  /** @param folder where the claims of all labs of this user and machine lie */
  constructor(folder = join(tmpdir(), `cutover-ports-${userInfo().username}`)) {
    this.#folder = folder;
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  }

  /** Claims a port; false where something listens there or another lab claims it. */
  async claim(port: number): Promise<boolean> {
    if (!this.#claimed.has(port)) {
      if (!tryLock(this.#file(port))) return false;
      this.#claimed.add(port);
    }
    return isFree(port);
  }

  /**
   * One port for each wish (0 = any), all different.
   * @param taken called for each wish that could not be met
   */
  async claimAll(
    wishes: readonly number[],
    taken: (wished: number, given: number) => void,
  ): Promise<readonly number[]> {
    const given: number[] = [];
    for (const wished of wishes) {
      const met = wished !== 0 && !this.#claimed.has(wished) && (await this.claim(wished));
      const port = met ? wished : await this.#claimAny(wishes);
      if (wished !== 0 && !met) taken(wished, port);
      given.push(port);
    }
    return given;
  }

  release(): void {
    for (const port of this.#claimed) releaseLock(this.#file(port));
    this.#claimed.clear();
  }

  async #claimAny(wishes: readonly number[]): Promise<number> {
    for (;;) {
      const port = firstPort + Math.floor(Math.random() * (lastPort - firstPort));
      if (wishes.includes(port) || this.#claimed.has(port)) continue;
      if (await this.claim(port)) return port;
    }
  }

  #file(port: number): string {
    return join(this.#folder, String(port));
  }
}
