import { mkdtempSync, readdirSync, readlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

// A folder of this process's own: other processes on the machine make such files as well.
process.env.TMPDIR = mkdtempSync(join(tmpdir(), 'spools-'))

/** How many of our temporary files can be seen in the system's folder. */
export function namedSpools(): number {
  return readdirSync(tmpdir()).filter((name) => name.startsWith('bustapi-')).length
}

/** How many temporary files this process holds open, named or not (Linux only; 0 elsewhere). */
export function openSpools(): number {
  if (process.platform !== 'linux') return 0
  let count = 0
  for (const fd of readdirSync('/proc/self/fd')) {
    try {
      if (readlinkSync(`/proc/self/fd/${fd}`).includes('/bustapi-')) count++
    } catch {
      // Closed since the folder was listed: the listing itself, for one.
    }
  }
  return count
}
