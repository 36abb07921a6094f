import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

const SCRIPT = fileURLToPath(new URL('./flask_side.py', import.meta.url))

/** A Python that imports Flask. */
export interface Python {
  readonly executable: string
  /** The modules of {@link WANTED} that it imports. */
  readonly extensions: readonly string[]
}

/** What an exchange can use besides Flask. */
export const WANTED = ['flask_login', 'flask_jwt_extended', 'cryptography'] as const

/** The Pythons of this machine that import Flask: the one on the PATH, and the system's own. */
export function pythons(): Python[] {
  const found = new Map<string, Python>()
  for (const command of ['python3', '/usr/bin/python3']) {
    const { status, stdout } = spawnSync(command, [SCRIPT, '--probe'], { encoding: 'utf8' })
    if (status !== 0) continue
    const python = JSON.parse(stdout) as Python
    found.set(python.executable, python)
  }
  return [...found.values()]
}

/** What both halves are given. */
export interface Settings {
  readonly secret: string
  /** Key pairs in PEM, by algorithm. */
  readonly keys: Readonly<Record<string, { readonly private: string; readonly public: string }>>
}

/** A Flask process that listens. */
export interface FlaskProcess {
  readonly base: string
  stop(): Promise<void>
}

/** Starts flask_side.py; it ends when its standard input does, hence with this process at the latest. */
export async function startFlask(python: Python, settings: Settings): Promise<FlaskProcess> {
  const child: ChildProcess = spawn(python.executable, [SCRIPT], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, PYTHONDONTWRITEBYTECODE: '1' },
  })
  child.stdin?.write(`${JSON.stringify(settings)}\n`)
  const port = await new Promise<number>((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', (code) => reject(new Error(`flask_side.py ended with ${code}`)))
    child.stdout?.once('data', (chunk: Buffer) => resolve(Number(chunk.toString())))
  })
  return {
    base: `http://127.0.0.1:${port}`,
    async stop() {
      if (child.exitCode !== null) return
      const gone = once(child, 'exit')
      child.stdin?.end()
      await gone
    },
  }
}
