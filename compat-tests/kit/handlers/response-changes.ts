import type { Response } from 'bustapi'
import { request } from 'bustapi'
import { Fields } from '../fields.ts'
import type { Json } from '../json.ts'
import { camelCase, camelKeys } from '../names.ts'
import { andThen, isThenable } from '../sequence.ts'
import { compileOptions, compileValue } from '../typed-values.ts'
import type { Run, World } from '../world.ts'

/** One change to a response. A promise is waited for; other results are ignored. */
export type Change = (response: Response, run: Run) => unknown

function pairs(fields: Fields, key: string): [string, string][] {
  return fields.list(key).map((pair) => {
    if (!Array.isArray(pair) || pair.length !== 2) fields.fail(`${key} holds no pairs`)
    const [name, value] = pair as [string, Json]
    return [name, String(value)]
  })
}

/** `set_headers` and `add_headers`, in this order. */
export function headerChanges(fields: Fields): Change[] {
  const set = pairs(fields, 'set_headers')
  const add = pairs(fields, 'add_headers')
  return [
    (response) => {
      for (const [name, value] of set) response.headers.set(name, value)
    },
    (response) => {
      for (const [name, value] of add) response.headers.add(name, value)
    },
  ]
}

const COOKIE_ARGUMENTS: ReadonlySet<string> = new Set([
  'max_age',
  'expires',
  'path',
  'domain',
  'secure',
  'httponly',
  'samesite',
  'partitioned',
])

function cookieArguments(source: Json, where: string): [Fields, (run: Run) => object] {
  const fields = new Fields(source, where)
  const given = [...COOKIE_ARGUMENTS]
    .filter((name) => fields.has(name))
    .map((name): [string, Json] => [name, fields.take(name) ?? null])
  const options = compileOptions(given, where)
  return [fields, (run) => camelKeys(options(run))]
}

/** `set_cookies`: the arguments of `set_cookie`, one object a cookie. */
export function setCookies(fields: Fields): Change[] {
  return fields.list('set_cookies').map((source, at): Change => {
    const [cookie, options] = cookieArguments(source, `${fields.where}.set_cookies[${at}]`)
    const key = cookie.text('key') ?? cookie.fail('no key')
    const value = compileValue(cookie.take('value') ?? '', cookie.where)
    cookie.done()
    return (response, run) => response.setCookie(key, String(value(run)), options(run))
  })
}

function deleteCookies(fields: Fields): Change[] {
  return fields.list('delete_cookies').map((source, at): Change => {
    const [cookie, options] = cookieArguments(source, `${fields.where}.delete_cookies[${at}]`)
    const key = cookie.text('key') ?? cookie.fail('no key')
    cookie.done()
    return (response, run) => response.deleteCookie(key, options(run))
  })
}

/** Sets attributes by their Python names. Fails for a name that the object does not have. */
function assignAll(fields: Fields, key: string, target: (response: Response) => object): Change {
  const entries = fields.entries(key)
  const values = compileOptions(entries, `${fields.where}.${key}`)
  return (response, run) => {
    const object = target(response)
    for (const [name, value] of Object.entries(values(run))) {
      const attribute = camelCase(name)
      if (!(attribute in object)) throw new TypeError(`There is no attribute ${attribute}`)
      Reflect.set(object, attribute, value)
    }
  }
}

/** An argument that is `true` or an object of options; undefined when it is absent or false. */
function optionsOf(
  fields: Fields,
  key: string,
): ((run: Run) => Record<string, unknown>) | undefined {
  const given = fields.take(key)
  if (given === undefined || given === null || given === false) return undefined
  if (given === true) return () => ({})
  const nested = new Fields(given, `${fields.where}.${key}`)
  const options = compileOptions(nested.rest(), nested.where)
  return (run) => camelKeys(options(run))
}

function etagChanges(fields: Fields): Change[] {
  const changes: Change[] = []
  const add = optionsOf(fields, 'add_etag')
  if (add) changes.push((response, run) => response.addEtag(add(run)))
  const set = fields.fields('set_etag')
  if (set) {
    const etag = set.text('etag') ?? set.fail('no etag')
    const weak = set.flag('weak') ?? false
    set.done()
    changes.push((response) => response.setEtag(etag, { weak }))
  }
  const conditional = optionsOf(fields, 'make_conditional')
  if (conditional) {
    changes.push((response, run) => response.makeConditional(request, conditional(run)))
  }
  return changes
}

/** All that `response` and `make_response` may do to the response they made, in order. */
export function responseChanges(fields: Fields): Change[] {
  const vary = fields.texts('vary_add') ?? []
  return [
    assignAll(fields, 'attrs', (response) => response),
    ...headerChanges(fields),
    ...setCookies(fields),
    ...deleteCookies(fields),
    assignAll(fields, 'cache_control', (response) => response.cacheControl),
    (response) => {
      for (const name of vary) response.vary.add(name)
    },
    ...etagChanges(fields),
  ]
}

/** `alter`: what an `after_request` function does to the response. */
export function alterations(fields: Fields, world: World): Change[] {
  const [setHeaders, addHeaders] = headerChanges(fields) as [Change, Change]
  const append = fields.text('append_body')
  const status = compileValue(fields.take('status') ?? null, fields.where)
  const log = fields.text('log')
  const logStatus = fields.flag('log_status') ?? false
  return [
    setHeaders,
    addHeaders,
    (response) => {
      if (append !== undefined) response.setData(response.getData({ asText: true }) + append)
    },
    (response, run) => {
      const code = status(run)
      if (typeof code === 'number') response.statusCode = code
      else if (typeof code === 'string') response.status = code
    },
    () => {
      if (log !== undefined) world.trace.push(log)
    },
    (response) => {
      if (logStatus) world.trace.push(`status=${response.statusCode}`)
    },
    ...setCookies(fields),
  ]
}

/** Applies changes in order and gives the response back, in a promise once a change gave one. */
export function applyChanges(
  changes: readonly Change[],
  response: Response,
  run: Run,
  from = 0,
): Response | Promise<Response> {
  for (let at = from; at < changes.length; at++) {
    const result = (changes[at] as Change)(response, run)
    if (isThenable(result)) {
      return andThen(result, () =>
        applyChanges(changes, response, run, at + 1),
      ) as Promise<Response>
    }
  }
  return response
}
