import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { ensureBuilt } from './ensure-built.ts'
import { ROOT } from './paths.ts'

// The demo uses the package as its users do, so it needs the build.
await ensureBuilt()
const child = spawn(process.execPath, [join(ROOT, 'demo', 'app.ts')], { stdio: 'inherit' })
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => child.kill(signal))
}
child.on('exit', (code, signal) => {
  process.exit(code ?? (signal === 'SIGINT' || signal === 'SIGTERM' ? 0 : 1))
})
