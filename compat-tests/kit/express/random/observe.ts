import type { Request, Response } from 'express'
import type { LayerView, Tools } from '../types.ts'

/** Notes what a request tells of itself. */
export function inspectRequest(id: number, req: Request, res: Response, log: Tools['log']): void {
  log(id, 'address', req.ip, req.ips, req.protocol, req.secure, req.hostname, req.subdomains)
  log(id, 'wants', req.accepts(), req.accepts('html', 'json'), req.acceptsLanguages('en', 'de'))
  log(
    id,
    'reads',
    req.acceptsEncodings('gzip', 'br'),
    req.acceptsCharsets('utf-8'),
    req.get('host'),
  )
  log(id, 'is', req.is('json'), req.is('text/*'), req.xhr, req.fresh, req.stale, req.range(20))
  log(id, 'where', req.originalUrl, req.baseUrl, req.route?.path, req.app.mountpath, req.app.path())
  log(id, 'state', req.readable, req.readableEnded, req.destroyed, req.closed, req.complete)
  log(id, 'reply', res.statusCode, res.headersSent, res.writableEnded, res.getHeaders(), res.locals)
  log(id, 'linked', req.res === res, res.req === req, res.app === req.app, Object.keys(req.params))
}

/** Notes what happens to a request and its response. */
export function watch(id: number, req: Request, res: Response, log: Tools['log']): void {
  for (const name of ['prefinish', 'finish', 'close'] as const) {
    res.on(name, () => log(id, 'response', name, res.writableFinished, res.statusCode))
  }
  req.on('end', () => log(id, 'request end'))
}

/** A stack as data: what route listers and instrumentation read of it. */
export function viewStack(stack: readonly LayerView[], depth = 0): unknown {
  return stack.map((layer) => ({
    ...(layer.route === undefined
      ? inner(layer, depth)
      : {
          route: layer.route.path,
          methods: layer.route.methods,
          of: layer.route.stack.map(({ name, method }) => [name, method]),
        }),
    name: layer.name,
    keys: layer.keys,
    regexp: layer.regexp,
    params: layer.params,
    path: layer.path,
    members: Object.keys(layer),
  }))
}

function inner({ handle }: LayerView, depth: number): object {
  const { stack } = handle as { readonly stack?: readonly LayerView[] }
  return Array.isArray(stack) && depth < 3
    ? { arity: handle.length, stack: viewStack(stack, depth + 1) }
    : { arity: handle.length }
}
