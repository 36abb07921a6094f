import type { Blueprint, BustAPI } from 'bustapi'
import { Fields } from '../fields.ts'
import type { Compiler } from '../handlers/compiler.ts'
import type { Json } from '../json.ts'
import { errorClass } from './exceptions.ts'

/** What both an app and a blueprint take error handlers with. */
type Register = (codeOrClass: never, handler: (error: Error) => unknown) => unknown

function registration(host: BustAPI | Blueprint, forApp: boolean): Register {
  return forApp && 'appErrorhandler' in host
    ? (host.appErrorhandler.bind(host) as Register)
    : (host.registerErrorHandler.bind(host) as Register)
}

/** `error_handlers`, registered in order on an app or a blueprint. */
export function buildErrorHandlers(
  host: BustAPI | Blueprint,
  source: readonly Json[],
  compiler: Compiler,
  where: string,
): void {
  for (const [at, entry] of source.entries()) {
    const fields = new Fields(entry, `${where}.error_handlers[${at}]`)
    const target = fields.take('for')
    const step = compiler.handler(fields.take('handler'), fields.where)
    const register = registration(host, fields.flag('app') ?? false)
    fields.done()
    const codeOrClass =
      typeof target === 'number' ? target : errorClass(String(target), compiler.world.exceptions)
    register(codeOrClass as never, (error) => step({ args: {}, error }))
  }
}
