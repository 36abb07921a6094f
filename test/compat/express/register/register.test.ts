import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import { ensureBuilt } from '../../../../scripts/ensure-built.ts'
import { PRELOAD, Project } from './support.ts'

const COMMON_JS = `
const express = require('express')
console.log(require.resolve('express'), typeof express, typeof express().del)
import('express').then((module) => console.log(module.default === express, module.default.Router === express.Router))
`
const ES_MODULE = `
import express from 'express'
console.log(import.meta.resolve('express').replace(/.*\\/dist/, 'DIST'), typeof express, typeof express().del)
`
/** What these programs say of a major version. */
const commonJs = (major: 4 | 5): string =>
  `DIST/express${major === 4 ? '4' : ''}.cjs function ${major === 4 ? 'function' : 'undefined'}\ntrue true`
const esModule = (major: 4 | 5): string =>
  `DIST/express${major === 4 ? '4' : ''}.mjs function ${major === 4 ? 'function' : 'undefined'}`

const asks = (range: string, field = 'dependencies'): string =>
  JSON.stringify({ name: 'app', [field]: { express: range } })

/** What Node before 22.15 lacks. */
const OLD_NODE = 'import module from "node:module"; module.registerHooks = undefined'

let project: Project
afterEach(() => project.remove())
beforeAll(ensureBuilt, 60_000)

describe.each([
  ['hooks in the thread', []],
  ['the older hooks', ['--import', `data:text/javascript,${encodeURIComponent(OLD_NODE)}`]],
] as const)('the preload, by %s,', (_title, before) => {
  const node = (file: string, env?: Readonly<Record<string, string>>) =>
    project.node([...before, ...PRELOAD, file], env)

  it.each([
    ['^5.0.0', 5],
    ['^4.18.2', 4],
    ['4', 4],
    ['4.x', 4],
    ['=5.1.0', 5],
    ['npm:express@^4.0.0', 4],
    ['^4.16.0 || ^4.18.0', 4],
  ] as const)('gives an app that asks for %s version %i', async (range, major) => {
    project = new Project({
      'package.json': asks(range),
      'app.cjs': COMMON_JS,
      'app.mjs': ES_MODULE,
    })
    expect((await node('app.cjs')).output).toBe(commonJs(major))
    expect((await node('app.mjs')).output).toBe(esModule(major))
  })

  it.each([
    ['>=4', 'express4', 4],
    ['>=4', 'express', 5],
    ['^4 || ^5', 'express4', 4],
    ['*', 'express', 5],
    ['latest', undefined, 5],
  ] as const)(
    'takes the major that is installed where %s leaves it open (%s)',
    async (range, express, major) => {
      project = new Project({ 'package.json': asks(range), 'app.cjs': COMMON_JS }, express)
      expect((await node('app.cjs')).output).toBe(commonJs(major))
    },
  )

  it('obeys BUSTAPI_EXPRESS before all', async () => {
    project = new Project({
      'package.json': asks('^5.0.0'),
      'app.cjs': COMMON_JS,
      'app.mjs': ES_MODULE,
    })
    expect((await node('app.cjs', { BUSTAPI_EXPRESS: '4' })).output).toBe(commonJs(4))
    expect((await node('app.mjs', { BUSTAPI_EXPRESS: '4' })).output).toBe(esModule(4))
  })

  it('reaches dependencies: a peer follows the app, who brings an Express keeps its major', async () => {
    const inside = 'module.exports = typeof require("express")().del'
    project = new Project({
      'package.json': asks('^5.0.0', 'devDependencies'),
      'app.cjs': 'console.log(require("peer"), require("own"), require("plain"))',
      'app.mjs':
        'import peer from "peer"\nimport own from "own"\nimport deep from "esm"\nconsole.log(peer, own, deep)',
      'node_modules/peer/package.json': JSON.stringify({
        name: 'peer',
        peerDependencies: { express: '^4 || ^5' },
      }),
      'node_modules/peer/index.js': inside,
      'node_modules/own/package.json': asks('^4.17.0'),
      'node_modules/own/index.js': inside,
      'node_modules/plain/package.json': JSON.stringify({ name: 'plain' }),
      'node_modules/plain/index.js': inside,
      'node_modules/esm/package.json': JSON.stringify({
        name: 'esm',
        type: 'module',
        exports: './lib/deep.js',
        dependencies: { express: '4.17.1' },
      }),
      'node_modules/esm/lib/deep.js':
        'import express from "express"\nexport default typeof express().del',
    })
    expect((await node('app.cjs')).output).toBe('undefined function undefined')
    expect((await node('app.mjs')).output).toBe('undefined function function')
  })

  it('leaves everything else alone', async () => {
    project = new Project(
      {
        'package.json': asks('^4.0.0'),
        'app.cjs':
          'console.log(require("express/package.json").version.split(".")[0]); try { require("express-none") } catch (error) { console.log(error.code) }',
      },
      'express4',
    )
    expect((await node('app.cjs')).output).toBe('4\nMODULE_NOT_FOUND')
  })

  it("gives tools that patch Express's own files our parts", async () => {
    project = new Project({
      'package.json': asks('^4.0.0'),
      'app.cjs': `
const express = require('express')
const app = express()
app.use(() => {})
console.log(app._router.stack[0] instanceof require('express/lib/router/layer'))
console.log(require('express/lib/router') === express.Router, require('express/lib/router/route.js') === express.Route)
console.log(require('express/lib/request') === express.request, require('express/lib/response') === express.response, require('express/lib/application') === express.application)`,
    })
    expect((await node('app.cjs')).output).toBe('true\ntrue true\ntrue true true')
  })
})

it('without the preload nothing is redirected', async () => {
  project = new Project(
    {
      'package.json': asks('^5.0.0'),
      'app.cjs': 'require("bustapi/express"); console.log(require.resolve("express"))',
    },
    'express',
  )
  expect((await project.node(['app.cjs'])).output).not.toContain('DIST')
})

it('can be required as well', async () => {
  project = new Project({ 'package.json': asks('^5.0.0'), 'app.cjs': COMMON_JS })
  expect((await project.node(['--require', 'bustapi/express/register', 'app.cjs'])).output).toBe(
    commonJs(5),
  )
})
