import type { IncomingMessage, ServerResponse } from 'node:http'
import { Injector, type InjectRequest } from '../../src/engine/inject.ts'
import { renderError } from '../../src/engine/refuse.ts'
import { MiddlewareChain } from '../../src/middleware/chain.ts'

export interface Reply {
  status: number
  text: string
  headers: Record<string, string>
}

export type View = (req: IncomingMessage, res: ServerResponse) => void

/** What the facade stands for here: it answers with the URL that it was reached by. */
export const echoUrl: View = (req, res) => {
  res.end(`facade ${req.url}`)
}

/** A chain in front of a stand-in for the facade, and a client for it. */
export function chainApp(
  setup: (chain: MiddlewareChain) => void,
  view: View = echoUrl,
): { get: (target?: string, options?: InjectRequest) => Promise<Reply>; late: unknown[] } {
  const late: unknown[] = []
  const chain = new MiddlewareChain({ onLateError: (error) => late.push(error) })
  setup(chain)
  const injector = new Injector(
    (req, res) =>
      chain.handle(req, res, (error) => {
        if (error === undefined) return view(req, res)
        if (error instanceof Error) return renderError(error, req, res)
        res.statusCode = 500
        res.end(`error ${String(error)}`)
      }),
    { onError: (error) => late.push(error) },
  )
  return {
    late,
    async get(target = '/', options = {}) {
      const response = await injector.request({
        target,
        headers: ['Host', 'localhost'],
        ...options,
      })
      const headers: Record<string, string> = {}
      for (let i = 0; i < response.rawHeaders.length; i += 2) {
        headers[(response.rawHeaders[i] as string).toLowerCase()] = response.rawHeaders[
          i + 1
        ] as string
      }
      return { status: response.status, text: response.body.toString(), headers }
    },
  }
}
