import type { Request, RequestHandler, Response } from 'express'
import type { Ask, ExpressCase, ExpressModule, Tools } from './types.ts'

/** Cases on one part of the reference. */
export interface ExpressSuite {
  readonly name: string
  readonly cases: readonly ExpressCase[]
}

type Requests = NonNullable<ExpressCase['requests']>
type Options = Partial<Omit<ExpressCase, 'name' | 'app' | 'requests'>>

/** A program with an application that `setUp` fills. */
export function app(
  name: string,
  setUp: (
    app: ReturnType<ExpressModule>,
    context: { readonly express: ExpressModule } & Tools,
  ) => void,
  requests: Requests = ['/'],
  options: Options = {},
): ExpressCase {
  return {
    name,
    requests,
    ...options,
    app(express, tools) {
      const made = express()
      setUp(made, { express, ...tools })
      return made
    },
  }
}

/** A program that answers everything with one handler. */
export function answer(
  name: string,
  handler: (req: Request, res: Response, tools: Tools) => unknown,
  requests: Requests = ['/'],
  options: Options = {},
): ExpressCase {
  return app(
    name,
    (made, tools) => {
      const use: RequestHandler = (req, res) => handler(req, res, tools)
      made.use(use)
    },
    requests,
    options,
  )
}

/** A program that is only built and noted. */
export function note(
  name: string,
  act: (
    context: {
      readonly express: ExpressModule
      readonly app: ReturnType<ExpressModule>
    } & Tools,
  ) => void,
  options: Options = {},
): ExpressCase {
  return {
    name,
    ...options,
    app(express, tools) {
      act({ express, app: express(), ...tools })
      return undefined
    },
  }
}

/** A request with headers. */
export const withHeaders = (ask: string, headers: Readonly<Record<string, string>>): Ask => {
  const space = ask.indexOf(' ')
  return space > 0
    ? { method: ask.slice(0, space), path: ask.slice(space + 1), headers }
    : { path: ask, headers }
}

/** A POST with a body of a type. */
export const post = (
  path: string,
  type: string,
  body: string | Uint8Array,
  headers: Readonly<Record<string, string>> = {},
): Ask => ({ method: 'POST', path, headers: { 'Content-Type': type, ...headers }, body })
