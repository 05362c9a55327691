/** Turns Ctrl-C, SIGTERM, the death of the launcher and of who reads the output into one request to stop, and a second Ctrl-C into the end. */

/** A terminal and npm may each deliver the same Ctrl-C; within this time it counts once. */
const oneKeyPressMs = 500;

/** Exit code of a process that was interrupted, by convention 128 + SIGINT. */
export const interruptedExitCode = 130;

/** Aborts the returned signal at the first request to stop; calls `endNow` at a later one. */
export function watchForInterrupts(endNow: (exitCode: number) => void): AbortSignal {
  const controller = new AbortController();
  let firstMs: number | undefined;
  const request = (reason: string) => {
    const nowMs = performance.now();
    firstMs ??= nowMs;
    if (nowMs - firstMs > oneKeyPressMs) endNow(interruptedExitCode);
    else controller.abort(new Error(reason));
  };
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(name, () => request(name));
  }
  watchLauncher(() => controller.abort(new Error('the launcher ended')));
  watchReader(() => controller.abort(new Error('nobody reads the output')));
  return controller.signal;
}

/** A reader such as `head` may go away before a command is done; what is written then is lost, not an error. */
function watchReader(onEnd: () => void): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error;
      onEnd();
    });
  }
}

function watchLauncher(onEnd: () => void): void {
  if (process.channel === undefined || process.channel === null) return;
  process.channel.unref();
  process.once('disconnect', onEnd);
}

/** Resolves after the time, or at once when the signal is aborted. */
export function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted) return resolve();
    const done = () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal?.addEventListener('abort', done);
  });
}
