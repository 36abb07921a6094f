import type { Response } from 'bustapi'
import { abort, currentApp, HTTPException } from 'bustapi'
import { errorClass } from '../build/exceptions.ts'
import type { Fields } from '../fields.ts'
import { camelKeys, fillIn } from '../names.ts'
import { className } from '../python.ts'
import { andThen } from '../sequence.ts'
import { compileOptions, compileValue } from '../typed-values.ts'
import type { Run, Step } from '../world.ts'
import type { Compiler, Makers } from './compiler.ts'

/** Compiles the construction of an error from `exc` with `args` or `kwargs`. */
function compileError(fields: Fields, { world }: Compiler): (run: Run) => Error {
  const name = fields.text('exc') ?? fields.fail('no exc')
  const Class = errorClass(name, world.exceptions)
  const args = fields.list('args').map((arg) => compileValue(arg, fields.where))
  const kwargs = fields.has('kwargs')
    ? compileOptions(fields.entries('kwargs'), fields.where)
    : undefined
  return (run) => {
    const positional = args.map((arg) => arg(run))
    if (!kwargs) return new Class(...(positional as never[]))
    return new Class(...([...positional, camelKeys(kwargs(run))] as never[]))
  }
}

function handled(run: Run): Error {
  if (run.error) return run.error
  throw new TypeError('There is no error to be handled here')
}

/** Raising errors, and what error handlers make of them. */
export const errors: Makers = {
  abort(fields, compiler): Step {
    const code = compileValue(fields.take('code') ?? null, fields.where)
    const description = compileValue(fields.take('description') ?? null, fields.where)
    const kwargs = compileOptions(fields.entries('kwargs'), fields.where)
    const response = fields.take('response')
    if (response !== undefined && response !== null) {
      const make = compiler.handler(response, `${fields.where}.response`)
      return (run) => andThen(make(run), (made) => abort(made as never))
    }
    return (run) => {
      const text = description(run)
      const options = camelKeys(kwargs(run))
      const args: unknown[] = []
      if (text !== null) args.push(typeof text === 'string' ? fillIn(text, run.args) : text)
      if (Object.keys(options).length > 0) args.push(options)
      return abort(code(run) as number, ...args)
    }
  },

  raise(fields, compiler): Step {
    const make = compileError(fields, compiler)
    return (run) => {
      throw make(run)
    }
  },

  return_exception(fields, compiler): Step {
    return compileError(fields, compiler)
  },

  error_info(fields): Step {
    const status = compileValue(fields.take('status') ?? null, fields.where)
    const original = fields.flag('original') ?? false
    return (run) => {
      const error = handled(run)
      const info: Record<string, unknown> = { type: className(error) }
      if (error instanceof HTTPException) {
        info.code = error.code
        info.name = error.name
        info.description = error.description
      } else {
        info.message = error.message
      }
      const { originalException } = error as { originalException?: unknown }
      if (original && originalException) info.original = className(originalException)
      const code = error instanceof HTTPException ? error.code : 500
      return [info, status(run) ?? code ?? 500]
    }
  },

  return_error(): Step {
    return handled
  },

  error_get_response(): Step {
    return (run) => {
      const error = handled(run) as HTTPException
      const response = error.getResponse() as Response
      response.setData(currentApp.json.dumps({ code: error.code, name: error.name }))
      response.contentType = 'application/json'
      return response
    }
  },
}
