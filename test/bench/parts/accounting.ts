import { readFileSync } from 'node:fs'

/** USER_HZ: what /proc counts in, 100 on every Linux that Node runs on. */
const ticks = 100

/**
 * CPU time that a process and its threads have used so far, user and system, in microseconds.
 * @returns undefined where there is no /proc
 * @see proc_pid_stat(5), fields 14 and 15
 */
export const cpuTime = (pid: number): number | undefined => {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
    // The name, field 2, may hold blanks and brackets; what follows it doesn't.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return ((Number(fields[11]) + Number(fields[12])) * 1e6) / ticks
  } catch {
    return undefined
  }
}

/** Resident memory in KB (1024 bytes), undefined where there is no /proc. @see proc_pid_status(5) */
export const residentMemory = (pid: number): number | undefined => {
  try {
    return Number(/^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1])
  } catch {
    return undefined
  }
}
