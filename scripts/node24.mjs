// Runs a script of this repository on Node 24, whatever Node started it:
//   node scripts/node24.mjs scripts/build.ts [arguments]
// npm puts the `node` package's binary first on PATH, so as a rule this process already is Node 24 and the script is
// simply imported. Where install scripts are off (`npm ci --ignore-scripts`, npm 12 without approval) that binary is
// missing; then the package's own install step is run once. Plain JavaScript for the oldest Node around: 18.
import { spawn, spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { constants } from 'node:os'
import { delimiter, dirname, join, resolve } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const home = join(root, 'node_modules', 'node')
const binary = join(home, 'bin', process.platform === 'win32' ? 'node.exe' : 'node')
const [script, ...args] = process.argv.slice(2)

if (script === undefined) {
  console.error('usage: node scripts/node24.mjs SCRIPT [ARGUMENT ...]')
  process.exit(2)
}

if (Number(process.versions.node.split('.')[0]) >= 24) {
  const target = resolve(script)
  process.argv.splice(1, 2, target)
  await import(pathToFileURL(target).href)
} else {
  if (!existsSync(binary)) install()
  relaunch()
}

/** Does what the `node` package's preinstall script does: adds the binary of this platform. */
function install() {
  if (!existsSync(home)) fail('Run `npm ci` first: the development dependencies are missing.')
  console.error('Install scripts are off here; fetching the Node 24 binary from the npm registry.')
  const done = spawnSync(process.execPath, ['installArchSpecificPackage.js'], {
    cwd: home,
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, npm_config_ignore_scripts: 'true', npm_config_loglevel: 'error' },
  })
  if (done.status !== 0 || !existsSync(binary)) {
    fail(`Node ${process.version} is too old for the tools here, and Node 24 could not be fetched.`)
  }
}

function relaunch() {
  const path = [dirname(binary), join(root, 'node_modules', '.bin'), process.env.PATH].join(
    delimiter,
  )
  const child = spawn(binary, [script, ...args], {
    stdio: 'inherit',
    env: { ...process.env, PATH: path },
  })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
  // npm's shell dies of a signal without passing it on; what it has started must not outlive it.
  const parent = process.ppid
  setInterval(() => process.ppid === parent || child.kill(), 250).unref()
  child.on('exit', (code, signal) => {
    process.exit(code ?? 128 + (constants.signals[signal] ?? 0))
  })
}

function fail(message) {
  console.error(message)
  process.exit(1)
}
