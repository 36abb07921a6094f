// What every Node peer shares: it listens, says where, and tells its own use of CPU and memory when asked.
import { createSecretKey } from 'node:crypto'
import { readFileSync } from 'node:fs'

/** The scenario this process is for. */
export const scenario = process.argv[2] ?? 'text'

/** What the tokens of the jwt scenario are signed with: as a key, for jsonwebtoken makes one of a text each time. */
export const secret = createSecretKey(Buffer.from('a secret of the bench, 32 bytes or more'))

/** The numbers of the sections that have a route in the route scenarios. */
export const sections =
  scenario === 'routes-1000' ? Array.from({ length: 1000 }, (_, index) => index) : [500]

/** Peak resident memory in bytes. */
function peakRss() {
  const line = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'))
  return Number(line?.[1] ?? 0) * 1024
}

/** Reports a server that listens: over IPC to the bench, else as a line for a person. */
export function listening(server) {
  const { port } = server.address()
  if (process.send === undefined) {
    console.log(`http://127.0.0.1:${port}`)
    return
  }
  process.on('message', () => {
    const { user, system } = process.cpuUsage()
    process.send({ cpu: user + system, peak: peakRss() })
  })
  process.on('disconnect', () => process.exit())
  process.send({ port })
}

/** Starts a node:http server for the bench. */
export function serve(server) {
  server.listen(0, '127.0.0.1', () => listening(server))
}
