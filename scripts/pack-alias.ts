// npm run pack:alias [-- FOLDER]: packs `bustapi-express` for both major versions into a folder, `dist-alias` without one.
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { ROOT } from './paths.ts'
import { must } from './run.ts'

/** The two packages that stand in for `express`: which Express each follows, and where its code is. */
const MAJORS = {
  4: { oracle: 'express4', entry: 'bustapi/express4' },
  5: { oracle: 'express', entry: 'bustapi/express' },
} as const

/** Raised when the same version of Express is followed by a new release of the alias; at most 99. */
const REVISION = 0

/** A file in `lib/`, and the expression that it exports. */
type Insides = Readonly<Record<string, string>>

/** What tools that hook into Express by the names of its files expect to be loaded from there. */
const INSIDES: Insides = {
  'application.js': "require('./express').application",
  'request.js': "require('./express').request",
  'response.js': "require('./express').response",
  'view.js': "require('./express')().get('view')",
}

// Express 5 has its router in a package of its own.
const INSIDES_OF_4: Insides = {
  ...INSIDES,
  'middleware/query.js': "require('../express').query",
  'router/index.js': "require('../express').Router",
  'router/route.js': "require('../express').Route",
  'router/layer.js': "require('../express').Router().use(() => {}).stack[0].constructor",
}

const ESM_NAMES = [
  ...['application', 'request', 'response', 'Route', 'Router'],
  ...['json', 'raw', 'static', 'text', 'urlencoded'],
]

const read = (file: string): { version: string; license: string; engines: object } =>
  JSON.parse(readFileSync(join(ROOT, file), 'utf8'))

/** The version of the alias: Express's own, with room for a revision, so that what peers ask for holds. */
export function aliasVersion(major: 4 | 5): string {
  const { version } = read(`node_modules/${MAJORS[major].oracle}/package.json`)
  const [first, minor, patch] = version.split('.').map(Number)
  return `${first}.${minor}.${(patch ?? 0) * 100 + REVISION}`
}

/** The files of one alias package, by their paths. */
export function aliasFiles(major: 4 | 5): Readonly<Record<string, string>> {
  const { entry } = MAJORS[major]
  const { version, license, engines } = read('package.json')
  const manifest = {
    name: 'bustapi-express',
    version: aliasVersion(major),
    description: `Express ${major}'s place in a dependency tree, taken by ${entry}`,
    license,
    engines,
    main: 'index.js',
    types: 'index.d.ts',
    files: ['index.js', 'index.d.ts', 'lib', 'README.md'],
    dependencies: { bustapi: version },
  }
  const insides = Object.entries(major === 4 ? INSIDES_OF_4 : INSIDES)
  // Loaded in this order and by these names, as Express's own files are.
  const loaded = insides.map(([file]) => `require('./${file.replace(/\.js$/, '')}')\n`)
  const names = major === 4 ? [...ESM_NAMES, 'query'] : ESM_NAMES
  return {
    'package.json': `${JSON.stringify(manifest, null, 2)}\n`,
    'README.md': `# bustapi-express ${major}\n\nIn an app's package.json, \`"overrides": { "express": "npm:bustapi-express@${major}" }\` puts \`${entry}\` wherever a dependency asks for \`express\`.\n`,
    'index.js': "'use strict'\nmodule.exports = require('./lib/express')\n",
    'index.d.ts': `import express = require('${entry}')\nexport = express\n`,
    'lib/express.js': [
      "'use strict'\n",
      `module.exports = require('${entry}')\n`,
      ...loaded,
      '// The names that an import of this file finds; read by Node, not run.\n',
      `false && (${names.map((name) => `exports.${name} = `).join('')}0)\n`,
    ].join(''),
    ...Object.fromEntries(
      insides.map(([file, code]) => [`lib/${file}`, `'use strict'\nmodule.exports = ${code}\n`]),
    ),
  }
}

/** Packs one alias package into a folder; returns the tarball. */
export async function packAlias(major: 4 | 5, destination: string): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'bustapi-alias-'))
  try {
    for (const [path, text] of Object.entries(aliasFiles(major))) {
      const file = join(folder, path)
      mkdirSync(dirname(file), { recursive: true })
      writeFileSync(file, text)
    }
    copyFileSync(join(ROOT, 'LICENSE'), join(folder, 'LICENSE'))
    mkdirSync(destination, { recursive: true })
    await must('npm', ['pack', '--ignore-scripts', '--pack-destination', destination], {
      cwd: folder,
    })
    return join(destination, `bustapi-express-${aliasVersion(major)}.tgz`)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

if (import.meta.main) {
  const destination = resolve(process.argv[2] ?? join(ROOT, 'dist-alias'))
  for (const major of [5, 4] as const) console.log(await packAlias(major, destination))
}
