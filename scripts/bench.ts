import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { ensureBuilt } from './ensure-built.ts'
import { ROOT } from './paths.ts'

// The servers take the package from `dist`, as its users do.
await ensureBuilt()
const args = [join(ROOT, 'bench', 'run.ts'), ...process.argv.slice(2)]
spawn(process.execPath, args, { stdio: 'inherit' }).on('exit', (code) => {
  process.exitCode = code ?? 1
})
