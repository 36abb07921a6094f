import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { ensureBuilt } from './ensure-built.ts'
import { ROOT } from './paths.ts'

// The demo uses the package as its users do, so it needs the build.
await ensureBuilt()
const child = spawn(process.execPath, [join(ROOT, 'demo', 'server.ts')], { stdio: 'inherit' })
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => child.kill(signal))
}
// npm's shell dies of a signal without passing it on; the server must not outlive it.
const parent = process.ppid
setInterval(() => process.ppid === parent || child.kill(), 250).unref()
child.on('exit', (code, signal) => {
  process.exit(code ?? (signal === 'SIGINT' || signal === 'SIGTERM' ? 0 : 1))
})
