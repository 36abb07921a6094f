import { g, Markup, request, Tuple, UUID } from 'bustapi'
import { UnknownVocabulary } from './fields.ts'
import type { Json } from './json.ts'
import { isObject, show } from './json.ts'
import { pythonRegex } from './python.ts'
import type { Run } from './world.ts'
import { NO_RUN } from './world.ts'

/** Makes a value anew each time, so that what one request does to it the next does not see. */
export type ValueOf = (run: Run) => unknown

/** Python's Decimal: JSON carries its text. */
export class Decimal {
  readonly #text: string

  constructor(text: string) {
    this.#text = text
  }

  toJSON(): string {
    return this.#text
  }

  toString(): string {
    return this.#text
  }
}

/** The dataclass of the corpus: JSON carries its fields. */
export class Point {
  readonly x: unknown
  readonly y: unknown

  constructor(x: unknown, y: unknown) {
    this.x = x
    this.y = y
  }

  toJSON(): Record<string, unknown> {
    return { x: this.x, y: this.y }
  }
}

/** An object that brings its own safe HTML. */
class Html {
  readonly #html: string

  constructor(html: string) {
    this.#html = html
  }

  __html__(): string {
    return this.#html
  }
}

type Maker = (payload: Json, where: string) => ValueOf

function text(payload: Json, where: string): string {
  if (typeof payload === 'string') return payload
  throw new UnknownVocabulary(`${where}: ${show(payload)} is no text`)
}

function items(payload: Json, where: string): ValueOf[] {
  if (!Array.isArray(payload)) {
    throw new UnknownVocabulary(`${where}: ${show(payload)} is no list`)
  }
  return payload.map((item, at) => compileValue(item, `${where}[${at}]`))
}

/** A Maker for a value that its text alone decides. */
const fromText =
  (make: (source: string) => unknown): Maker =>
  (payload, where) => {
    const source = text(payload, where)
    return () => make(source)
  }

const PYTHON_FLOATS: Readonly<Record<string, number>> = {
  inf: Number.POSITIVE_INFINITY,
  '-inf': Number.NEGATIVE_INFINITY,
  nan: Number.NaN,
}

/** Python writes a date without a zone as one without an offset; the corpus means UTC. */
function toDate(iso: string): Date {
  const zoned = /(?:Z|[+-]\d\d:?\d\d)$/.test(iso) || !iso.includes('T') ? iso : `${iso}Z`
  return new Date(zoned)
}

const MAKERS: Readonly<Record<string, Maker>> = {
  $timedelta: (payload, where) => {
    if (typeof payload !== 'number') {
      throw new UnknownVocabulary(`${where}: ${show(payload)} is no number of seconds`)
    }
    return () => payload
  },
  $regex: fromText(pythonRegex),
  $tuple: (payload, where) => {
    const parts = items(payload, where)
    return (run) => Tuple.from(parts.map((part) => part(run)))
  },
  $set: (payload, where) => {
    const parts = items(payload, where)
    return (run) => new Set(parts.map((part) => part(run)))
  },
  $b64: fromText((source) => Buffer.from(source, 'base64')),
  $bytes: fromText((source) => Buffer.from(source)),
  $datetime: fromText(toDate),
  $date: fromText(toDate),
  $uuid: fromText((source) => new UUID(source)),
  $decimal: fromText((source) => new Decimal(source)),
  $float: fromText((source) => PYTHON_FLOATS[source.toLowerCase()] ?? Number(source)),
  $markup: fromText((source) => new Markup(source)),
  $html: fromText((source) => new Html(source)),
  $dataclass: (payload, where) => {
    if (!isObject(payload) || Object.keys(payload).sort().join() !== 'x,y') {
      throw new UnknownVocabulary(`${where}: ${show(payload)} has other fields than x and y`)
    }
    const x = compileValue(payload.x as Json, `${where}.x`)
    const y = compileValue(payload.y as Json, `${where}.y`)
    return (run) => new Point(x(run), y(run))
  },
  $status: (payload, where) => {
    if (typeof payload !== 'number') {
      throw new UnknownVocabulary(`${where}: ${show(payload)} is no status`)
    }
    return () => payload
  },
  $none: () => () => null,
  $form: fromText((name) => request.form.get(name) ?? null),
  $query: fromText((name) => request.args.get(name) ?? null),
  $arg: (payload, where) => {
    const name = text(payload, where)
    return (run) => run.args[name] ?? null
  },
  $g: fromText((name) => g.get(name, null)),
}

/**
 * Compiles a value of the corpus, typed values inside it included.
 * @throws {UnknownVocabulary} when it holds a typed value that the driver does not know.
 */
export function compileValue(source: Json, where: string): ValueOf {
  if (Array.isArray(source)) {
    const parts = items(source, where)
    return (run) => parts.map((part) => part(run))
  }
  if (!isObject(source)) return () => source
  const keys = Object.keys(source)
  const only = keys[0]
  if (keys.length === 1 && only?.startsWith('$')) {
    const make = Object.hasOwn(MAKERS, only) ? MAKERS[only] : undefined
    if (!make) throw new UnknownVocabulary(`${where}: unknown typed value ${only}`)
    return make(source[only] as Json, `${where}.${only}`)
  }
  const parts = keys.map((key): [string, ValueOf] => [
    key,
    compileValue(source[key] as Json, `${where}.${key}`),
  ])
  return (run) => Object.fromEntries(parts.map(([key, part]) => [key, part(run)]))
}

/** A value that needs no request. */
export function plainValue(source: Json, where: string): unknown {
  return compileValue(source, where)(NO_RUN)
}

/** `compileValue` for an object of keyword arguments. */
export function compileOptions(
  entries: readonly [string, Json][],
  where: string,
): (run: Run) => Record<string, unknown> {
  const parts = entries.map(([key, value]): [string, ValueOf] => [
    key,
    compileValue(value, `${where}.${key}`),
  ])
  return (run) => Object.fromEntries(parts.map(([key, part]) => [key, part(run)]))
}
