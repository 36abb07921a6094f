import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { runUpstream } from '../../../../scripts/conformance-upstream.ts'

/** A checkout in small: its own library fails, so that only a redirected one passes. */
const CHECKOUT = (version: string): Readonly<Record<string, string>> => ({
  'package.json': JSON.stringify({ name: 'express', version }),
  'index.js': 'throw new Error("the original was loaded")',
  'lib/express.js': 'throw new Error("the original was loaded")',
  'lib/helper.js': 'module.exports = "left alone"',
  'examples/app/index.js': `
const express = require('../../')
const app = (module.exports = express())
app.get('/', (req, res) => { res.send('example') })
`,
  'test/support/env.js': 'process.env.NODE_ENV = "test"',
  'test/a.js': `
const assert = require('node:assert')
describe('the entry point', () => {
  it('is ours', () => assert.strictEqual(typeof require('..')().handle, 'function'))
  it('is ours by its file', () => assert.strictEqual(require('../lib/express'), require('../')))
  it('leaves other files alone', () => assert.strictEqual(require('../lib/helper'), 'left alone'))
  it('is of the right major', () => assert.strictEqual(typeof require('..')().del, '${version.startsWith('4') ? 'function' : 'undefined'}'))
  it('fails', () => assert.fail('as it should'))
  it.skip('waits', () => {})
})
`,
  'test/acceptance/b.js': `
const assert = require('node:assert')
describe('an example', () => it('is served', () => assert.strictEqual(typeof require('../../examples/app'), 'function')))
`,
})

describe.each(['4.22.0', '5.2.1'])('a checkout of version %s', (version) => {
  let folder: string
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'bustapi-checkout-'))
    for (const [name, text] of Object.entries(CHECKOUT(version))) {
      mkdirSync(dirname(join(folder, name)), { recursive: true })
      writeFileSync(join(folder, name), text)
    }
  })
  afterEach(() => rmSync(folder, { recursive: true }))

  it('runs its tests against ours and counts them', async () => {
    expect(await runUpstream(folder, { source: true })).toEqual({
      passed: 5,
      failed: 1,
      pending: 1,
      failures: ['the entry point fails: as it should'],
    })
  })
})

it('refuses a version that does not exist', async () => {
  await expect(runUpstream('.', { version: '6' })).rejects.toThrow('no Express 6')
})
