import type { Response } from 'bustapi'
import {
  makeResponse,
  Response as ResponseClass,
  redirect,
  request,
  streamWithContext,
  urlFor,
} from 'bustapi'
import type { Fields } from '../fields.ts'
import { isObject } from '../json.ts'
import { camelKeys, fillIn } from '../names.ts'
import { andThen, mapInOrder } from '../sequence.ts'
import { compileOptions, compileValue } from '../typed-values.ts'
import type { Run, Step } from '../world.ts'
import type { Makers } from './compiler.ts'
import { applyChanges, responseChanges } from './response-changes.ts'
import { compileItem } from './returns.ts'

type Chunk = (run: Run) => string | Uint8Array

function compileChunk(fields: Fields, source: unknown): Chunk {
  if (typeof source === 'string') return ({ args }) => fillIn(source, args)
  if (isObject(source) && typeof source.query === 'string' && Object.keys(source).length === 1) {
    const name = source.query
    return () => String(request.args.get(name) ?? '')
  }
  return fields.fail('a chunk that is neither text nor {query}')
}

/** Responses made by hand, streamed, or redirecting. */
export const responses: Makers = {
  response(fields): Step {
    const body = compileValue(fields.take('body') ?? null, fields.where)
    const given = ['status', 'headers', 'mimetype', 'content_type']
      .filter((name) => fields.has(name))
      .map((name): [string, never] => [name, fields.take(name) as never])
    const options = compileOptions(given, fields.where)
    const changes = responseChanges(fields)
    return (run) => {
      const made = body(run)
      const text = typeof made === 'string' ? fillIn(made, run.args) : made
      const response = new ResponseClass(text as never, camelKeys(options(run)) as never)
      return applyChanges(changes, response, run)
    }
  },

  make_response(fields, compiler): Step {
    const args = fields
      .list('args')
      .map((arg, at) => compileItem(arg, compiler, `${fields.where}.args[${at}]`))
    const changes = responseChanges(fields)
    return (run) =>
      andThen(
        andThen(
          mapInOrder(args, (arg) => arg(run)),
          (values) => makeResponse(...(values as [unknown])),
        ),
        (response) => applyChanges(changes, response as Response, run),
      )
  },

  stream(fields, { world }): Step {
    const chunks = fields.list('chunks').map((chunk) => compileChunk(fields, chunk))
    const mimetype = fields.text('mimetype')
    const status = compileValue(fields.take('status') ?? null, fields.where)
    const withContext = fields.flag('with_context') ?? false
    const raw = fields.flag('raw') ?? false
    const log = fields.text('log')
    function* generate(run: Run): Generator<string | Uint8Array> {
      for (const chunk of chunks) yield chunk(run)
      if (log !== undefined) world.trace.push(log)
    }
    return (run) => {
      const body = withContext ? streamWithContext(generate(run)) : generate(run)
      if (raw) return body
      const options = { ...(mimetype === undefined ? {} : { mimetype }) }
      const code = status(run)
      return new ResponseClass(
        body as never,
        (code === null ? options : { ...options, status: code }) as never,
      )
    }
  },

  redirect(fields): Step {
    const location = fields.text('location') ?? fields.fail('no location')
    const code = fields.number('code')
    return ({ args }) =>
      code === undefined ? redirect(fillIn(location, args)) : redirect(fillIn(location, args), code)
  },

  redirect_to(fields): Step {
    const endpoint = fields.text('endpoint') ?? fields.fail('no endpoint')
    const values = compileOptions(fields.entries('values'), fields.where)
    const code = fields.number('code')
    return (run) => {
      const location = urlFor(endpoint, values(run))
      return code === undefined ? redirect(location) : redirect(location, code)
    }
  },
}
