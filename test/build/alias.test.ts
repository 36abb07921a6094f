import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ensureBuilt } from '../../scripts/ensure-built.ts'
import { aliasVersion, packAlias } from '../../scripts/pack-alias.ts'
import { ROOT } from '../../scripts/paths.ts'
import { must } from '../../scripts/run.ts'

const home = mkdtempSync(join(tmpdir(), 'bustapi-alias-test-'))
afterAll(() => rmSync(home, { recursive: true, force: true }))

function write(files: Readonly<Record<string, unknown>>): void {
  for (const [path, content] of Object.entries(files)) {
    const file = join(home, path)
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content))
  }
}

/** Packs this package without its dependencies, which are found beside the app: no registry is asked. */
async function packBare(): Promise<void> {
  await must('npm', ['pack', '--ignore-scripts', '--pack-destination', home])
  const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'))
  await must('tar', ['-xzf', join(home, `bustapi-${version}.tgz`), '-C', home])
  const file = join(home, 'package', 'package.json')
  const { dependencies: _, devDependencies: __, ...rest } = JSON.parse(readFileSync(file, 'utf8'))
  writeFileSync(file, JSON.stringify(rest))
  await must('tar', ['-czf', join(home, 'bustapi.tgz'), '-C', home, 'package'])
  rmSync(join(home, 'package'), { recursive: true })
  symlinkSync(join(ROOT, 'node_modules'), join(home, 'node_modules'), 'dir')
}

/** Makes an app with a dependency that asks for Express, and has npm install both, with the override. */
async function install(major: 4 | 5): Promise<string> {
  const tarball = await packAlias(major, home)
  const app = `app${major}`
  write({
    [`needs-express-${major}/package.json`]: {
      name: 'needs-express',
      version: '1.0.0',
      dependencies: { express: `^${major}.0.0` },
    },
    [`needs-express-${major}/index.js`]: `
      const express = require('express')
      module.exports = (text) => {
        const router = express.Router()
        router.get('/:id', (req, res) => res.json({ text, id: req.params.id, base: req.baseUrl }))
        return router
      }
      module.exports.express = express`,
    [`${app}/package.json`]: {
      name: app,
      version: '1.0.0',
      dependencies: {
        bustapi: 'file:../bustapi.tgz',
        express: `file:${tarball}`,
        'needs-express': `file:../needs-express-${major}.tgz`,
      },
      overrides: { express: `file:${tarball}`, bustapi: '$bustapi' },
    },
    [`${app}/main.cjs`]: `
      const { createServer } = require('node:http')
      const needs = require('needs-express')
      const ours = require('bustapi/express${major === 4 ? '4' : ''}')
      const app = needs.express()
      app.use('/items', needs('hello'))
      const server = app.listen(0, async () => {
        const url = 'http://127.0.0.1:' + server.address().port
        const reply = await fetch(url + '/items/7')
        const esm = await import('express')
        console.log(JSON.stringify({
          body: await reply.text(),
          same: needs.express === ours && esm.default === ours && require('express') === ours,
          names: Object.keys(esm).filter((name) => typeof esm[name] === 'function').sort(),
          insides: {
            application: require('express/lib/application') === ours.application,
            request: require('express/lib/request') === ours.request,
            response: require('express/lib/response') === ours.response,
            view: require('express/lib/view').name,
            ...(${major} === 4 && {
              router: require('express/lib/router') === ours.Router,
              layer: require('express/lib/router/layer').name,
            }),
          },
          version: require('express/package.json').version,
        }))
        server.close()
      })`,
  })
  await must('npm', ['pack', '--pack-destination', home], {
    cwd: join(home, `needs-express-${major}`),
  })
  await must('mv', [
    join(home, 'needs-express-1.0.0.tgz'),
    join(home, `needs-express-${major}.tgz`),
  ])
  const folder = join(home, app)
  await must('npm', ['install', '--offline', '--no-audit', '--no-fund', '--ignore-scripts'], {
    cwd: folder,
  })
  return folder
}

beforeAll(async () => {
  await ensureBuilt()
  await packBare()
}, 120_000)

describe('bustapi-express, put in the place of express by "overrides"', () => {
  it.each([5, 4] as const)(
    'answers a dependency that asks for Express %i',
    async (major) => {
      const folder = await install(major)
      const found = JSON.parse(await must(process.execPath, ['main.cjs'], { cwd: folder }))
      const parsers = ['json', 'raw', 'static', 'text', 'urlencoded']
      expect(found).toMatchObject({
        body: '{"text":"hello","id":"7","base":"/items"}',
        same: true,
        insides: {
          ...{ application: true, request: true, response: true, view: 'View' },
          ...(major === 4 && { router: true, layer: 'Layer' }),
        },
        version: aliasVersion(major),
      })
      expect(found.names).toEqual(
        expect.arrayContaining(['Route', 'Router', 'default', ...parsers]),
      )
    },
    120_000,
  )
})
