/** How the local platform reports what it is doing. */
import type { Progress } from '../../platform.ts';

/** Receives a progress line. */
export type ReportProgress = (progress: Progress) => void;

/** Bytes as people read them, e.g. `158 MB`. */
export function formatBytes(bytes: number): string {
  return bytes < 1e6 ? `${Math.round(bytes / 1e3)} kB` : `${Math.round(bytes / 1e6)} MB`;
}
