/** What a process used: processor time and the most memory it ever held. */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';

/** What a process used since it started. */
export interface Usage {
  readonly cpuSeconds: number;
  /** Largest resident set in MB (10^6 bytes); where the system keeps no record of it, the present one. */
  readonly residentMb: number;
}

const CLOCK_TICKS_PER_SECOND = 100;

/** Reads a running process's usage. */
export function usageOf(pid: number): Usage {
  return existsSync('/proc/self/status') ? usageFromProc(pid) : usageFromPs(pid);
}

function usageFromProc(pid: number): Usage {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const ticks = Number(fields[11]) + Number(fields[12]);
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const peakKib = Number(/^VmHWM:\s+(\d+)/m.exec(status)?.[1] ?? 0);
  return {
    cpuSeconds: ticks / CLOCK_TICKS_PER_SECOND,
    residentMb: Math.round((peakKib * 1024) / 1e6),
  };
}

function usageFromPs(pid: number): Usage {
  const answer = spawnSync('ps', ['-o', 'rss=,time=', '-p', String(pid)], { encoding: 'utf8' });
  const [resident = '0', time = '0'] = answer.stdout.trim().split(/\s+/);
  const cpuSeconds = time.split(':').reduce((sum, part) => sum * 60 + Number(part), 0);
  return { cpuSeconds, residentMb: Math.round((Number(resident) * 1024) / 1e6) };
}
