import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { BustAPI } from 'bustapi'
import type { Environ } from 'bustapi/core'
import { setEnviron } from 'bustapi/core'
import { isThenable } from '../kit/sequence.ts'

/** An app that listens on a free port of this machine. */
export interface Serving {
  readonly port: number
  /** What a front server would tell about the next requests. */
  environ: Environ
  /** Waits until the app is done with every request it has been given. */
  idle(): Promise<void>
  close(): Promise<void>
}

/**
 * Serves an app over real sockets. The app's outermost callable is wrapped for what no socket can
 * carry: another client address, TLS in front, a mount prefix.
 */
export async function serve(app: BustAPI): Promise<Serving> {
  const running = new Set<Promise<unknown>>()
  const inner = app.wsgiApp
  const serving: { environ: Environ } = { environ: {} }
  app.wsgiApp = (req: IncomingMessage, res: ServerResponse) => {
    if (Object.keys(serving.environ).length > 0) setEnviron(req, serving.environ)
    const result = inner(req, res)
    if (isThenable(result)) {
      const settled: Promise<unknown> = Promise.resolve(result).then(
        () => running.delete(settled),
        () => running.delete(settled),
      )
      running.add(settled)
    }
    return result
  }
  const server = await app.run({ host: '127.0.0.1', port: 0 })
  return Object.assign(serving, {
    port: (server.address() as AddressInfo).port,
    async idle(): Promise<void> {
      await Promise.all(running)
      // What a finished response has started may still wait for its turn in the event loop.
      await new Promise((resolve) => setImmediate(resolve))
    },
    async close(): Promise<void> {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  })
}
