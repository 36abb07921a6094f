import { join } from 'node:path'
import type { BustAPI } from 'bustapi'
import { Fields } from '../fields.ts'
import type { Json } from '../json.ts'
import { plainValue } from '../typed-values.ts'
import type { World } from '../world.ts'

function valuesOf(entries: readonly [string, Json][], where: string): Record<string, unknown> {
  return Object.fromEntries(
    entries.map(([key, value]) => [key, plainValue(value, `${where}.${key}`)]),
  )
}

/** Runs `work` while the environment has these variables and none of the prefix besides. */
function withEnvironment(
  values: readonly [string, Json][],
  prefix: string,
  work: () => void,
): void {
  const before = { ...process.env }
  for (const name of Object.keys(process.env)) {
    if (name.startsWith(`${prefix}_`)) delete process.env[name]
  }
  for (const [name, value] of values) process.env[name] = String(value)
  try {
    work()
  } finally {
    for (const name of Object.keys(process.env)) if (!(name in before)) delete process.env[name]
    Object.assign(process.env, before)
  }
}

function runOp(app: BustAPI, op: Fields, root: string): void {
  if (op.has('from_mapping')) {
    app.config.fromMapping(valuesOf(op.entries('from_mapping'), op.where))
  } else if (op.has('from_object')) {
    app.config.fromObject(valuesOf(op.entries('from_object'), op.where))
  } else if (op.has('from_prefixed_env')) {
    const fields = op.fields('from_prefixed_env') as Fields
    const prefix = fields.text('prefix')
    const environment = fields.entries('env')
    fields.done()
    withEnvironment(environment, prefix ?? 'FLASK', () => {
      if (prefix === undefined) app.config.fromPrefixedEnv()
      else app.config.fromPrefixedEnv(prefix)
    })
  } else if (op.has('from_file')) {
    const fields = op.fields('from_file') as Fields
    const path = fields.text('path') ?? fields.fail('no path')
    const silent = fields.flag('silent') ?? false
    fields.done()
    app.config.fromFile(join(root, path), JSON.parse, { silent })
  }
}

/** `secret_key`, `config` and `config_ops`, in this order. */
export function buildConfig({ app, root }: World, source: Fields): void {
  const secret = source.take('secret_key')
  if (secret !== undefined) app.secretKey = plainValue(secret, 'secret_key') as never
  Object.assign(app.config, valuesOf(source.entries('config'), 'config'))
  for (const [at, entry] of source.list('config_ops').entries()) {
    const op = new Fields(entry, `config_ops[${at}]`)
    runOp(app, op, root)
    op.done()
  }
}
