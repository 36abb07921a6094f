import { OutgoingMessage } from 'node:http'
import { createRequire } from 'node:module'
import { Readable } from 'node:stream'
import type { IRouter, NextFunction, Request, Response } from 'express'
import type { Tools } from '../types.ts'
import { inspectRequest, watch } from './observe.ts'
import type { Act } from './shape.ts'
import { FIELDS, HEADS, THROWN, VALUES } from './values.ts'

/** A call of a handler. */
export interface Call {
  /** The handler's number. */
  readonly id: number
  readonly req: Request
  readonly res: Response
  readonly next: NextFunction
  /** Where the handler is. */
  readonly router: IRouter
  /** The routers and apps that were there when the handler was made. */
  readonly made: readonly unknown[]
  readonly tools: Tools
  /** Whether one more layer may be added to the router. */
  mayAdd(): boolean
}

type Anything = (...args: unknown[]) => unknown

/** What an object has, by names that its type may not know. */
const membersOf = (target: object): Record<string, Anything> =>
  target as unknown as Record<string, Anything>

const templates = createRequire(import.meta.url)('ejs') as { renderFile: Anything }

interface Stacked {
  stack?: { handle: Anything }[]
}

/** What holds the stack of a router or app; version 4's app has none at first. */
function stackOf(router: IRouter, major: number): Stacked | undefined {
  if ('stack' in router) return router as unknown as Stacked
  return membersOf(router)[major === 4 ? '_router' : 'router'] as unknown as Stacked | undefined
}

/**
 * The layers that version 4's app has of its own. Without them its requests are plain ones, which
 * those of the drop-in's servers never are.
 */
const ownLayers = (router: IRouter): number => ('_router' in router ? 2 : 0)

/** Wraps a method of a response so that its calls are noted. */
function patch(
  res: Response,
  what: 'end' | 'writeHead' | 'send' | 'json',
  log: Tools['log'],
): void {
  const target = membersOf(res)
  const before = target[what] as Anything
  target[what] = function (this: Response, ...args: unknown[]) {
    log('called', what, args.length)
    if (what === 'writeHead' && !this.headersSent) this.setHeader('X-Patched', 'é')
    return before.apply(this, args)
  }
}

/** Changes a stack in a way that tools do. */
function restack(act: 'reverse' | 'wrap' | 'assign-stack', { router, tools, id }: Call): void {
  const holder = stackOf(router, tools.major)
  const stack = holder?.stack
  if (holder === undefined || !Array.isArray(stack)) return
  if (act === 'reverse') stack.push(...stack.splice(ownLayers(router)).reverse())
  else if (act === 'assign-stack') holder.stack = [...stack]
  else {
    const last = stack.at(-1)
    const handle = last?.handle
    if (last === undefined || handle === undefined || handle.length > 3) return
    last.handle = (req, res, next) => {
      tools.log('wrapped by', id)
      return handle.call(last, req, res, next)
    }
  }
}

function sendFile(
  { req, res, next, tools, id }: Call,
  { do: how, file, callback }: Extract<Act, { readonly file: string }>,
): void {
  const options = { root: tools.files, headers: { 'X-File': String(id) }, maxAge: 5000 }
  const done = (error?: Error): void => {
    tools.log(id, how, 'done', error?.message.replace(tools.files, ''), req.method)
    if (error !== undefined && !res.headersSent) next(error)
  }
  const target = membersOf(res)
  const name = how === 'send-file' ? 'sendFile' : 'download'
  if (callback) target[name]?.(file, options, done)
  else target[name]?.(file, options)
}

/** Answers of some length: streams, templates and those with more than a body. */
function answer(act: Act['do'], { id, req, res, next, tools }: Call): void {
  switch (act) {
    case 'stream':
      res.write('one ')
      setImmediate(() => res.end('two'))
      return
    case 'pipe':
      Readable.from(['piped ', 'in ', 'parts']).pipe(res.type('text'))
      return
    case 'trailers':
      res.setHeader('Trailer', 'X-After')
      res.write('body')
      res.addTrailers({ 'X-After': String(id) })
      res.end()
      return
    case 'flush':
      res.flushHeaders()
      setImmediate(() => res.end('flushed'))
      return
    case 'render':
      req.app.engine('ejs', templates.renderFile as never)
      res.render(`${tools.files}/views/hello.ejs`, { title: `<${id}>` })
      return
    case 'format':
      res.format({
        text: () => res.send('as text'),
        html: () => res.send('<p>as page</p>'),
        json: () => res.json({ as: 'json' }),
        ...(id % 2 === 0 ? { default: () => next() } : {}),
      })
      return
    case 'send-later':
      setImmediate(() => res.send(`sent later by ${id}`))
      return
    case 'send-next':
      res.send(`sent by ${id}`)
      next()
      return
    case 'send-twice':
      res.send(`sent by ${id}`)
      res.send('again')
      return
    case 'next-send':
      next()
      res.send(`sent after by ${id}`)
      return
  }
}

/** Does what a handler is to do. */
export function perform(act: Act, call: Call): unknown {
  const { id, req, res, next, router, tools } = call
  const { log } = tools
  switch (act.do) {
    case 'next':
    case 'recover':
      return next()
    case 'later':
      setImmediate(next)
      return
    case 'next-route':
      return next('route')
    case 'next-router':
      return next('router')
    case 'next-error':
      return next(new Error(`given by ${id}`))
    case 'next-twice':
      next()
      return next()
    case 'throw':
      throw new Error(`thrown by ${id}`)
    case 'throw-status':
      throw Object.assign(new Error(`status by ${id}`), { status: act.code })
    case 'throw-value':
      throw THROWN[act.value]()
    case 'next-value':
      return next(THROWN[act.value]())
    case 'reject':
      return Promise.reject(new Error(`rejected by ${id}`))
    case 'reject-value':
      return Promise.reject(THROWN[act.value]())
    case 'send':
      res.send(`sent by ${id}`)
      return
    case 'json':
      res.json({ by: id, params: req.params, locals: res.locals, ip: req.ip })
      return
    case 'jsonp':
      res.jsonp({ by: id })
      return
    case 'end':
      res.end(`ended by ${id}`)
      return
    case 'send-value':
      res.send(VALUES[act.value]())
      return
    case 'json-value':
      res.json(VALUES[act.value]())
      return
    case 'end-value':
      res.end(VALUES[act.value]())
      return
    case 'status':
      res.status(act.code).send(`status by ${id}`)
      return
    case 'send-status':
      res.sendStatus(act.code)
      return
    case 'redirect':
      res.redirect(act.to)
      return
    case 'redirect-status':
      res.redirect(act.code, act.to)
      return
    case 'location':
      res.location(act.to)
      return next()
    case 'body':
      res.json({ body: req.body ?? 'none' })
      return
    case 'read': {
      let length = 0
      req.on('data', (chunk: Buffer) => {
        length += chunk.length
      })
      req.on('end', () => {
        log(id, 'has read', length)
        next()
      })
      if (req.readableEnded) next()
      return
    }
    case 'inspect':
      inspectRequest(id, req, res, log)
      return next()
    case 'watch':
      watch(id, req, res, log)
      return next()
    case 'stack':
      log(id, 'params', req.params, Object.getPrototypeOf(req.params) === null)
      return next()
    case 'params':
      req.params = { ...req.params, x: `by ${id}` }
      return next()
    case 'assign-params':
      membersOf(req).params = undefined as never
      return next()
    case 'assign-query':
      membersOf(req).query = { by: id } as never
      return next()
    case 'base-url':
      req.baseUrl = `/by${id}`
      return next()
    case 'rewrite':
      req.url = act.to
      return next()
    case 'method':
      req.method = act.to
      return next()
    case 'header':
      res.append('X-Seen', `${act.value} ${id}`)
      return next()
    case 'field': {
      const [name, value] = FIELDS[act.field]
      if (act.how === 'node') OutgoingMessage.prototype.setHeader.call(res, name, value as string)
      else membersOf(res)[act.how]?.(name, value)
      log(id, 'has', res.get(name), res.hasHeader(name), res.getHeaderNames())
      return next()
    }
    case 'remove-header':
      res.removeHeader(act.name)
      return next()
    case 'write-head': {
      membersOf(res).writeHead?.(...HEADS[act.head])
      log(id, 'wrote', res.headersSent, res.statusMessage, res.getHeaders())
      res.end('ok')
      return
    }
    case 'early-hints':
      res.writeEarlyHints({ link: `</${id}>; rel=preload` })
      return next()
    case 'status-message':
      res.statusMessage = `Own ${id}`
      return next()
    case 'cookie':
      res.cookie(`c${id}`, act.value)
      return next()
    case 'cookie-options':
      res.cookie('o', { id }, { httpOnly: true, secure: true, path: '/é', sameSite: 'lax' })
      return next()
    case 'signed-cookie':
      res.cookie('s', 'v', { signed: true })
      return next()
    case 'clear-cookie':
      res.clearCookie(`c${id}`, { path: '/x' })
      return next()
    case 'type':
      res.type(act.value)
      return next()
    case 'vary':
      res.vary(act.value)
      return next()
    case 'links':
      res.links({ next: `/n${id}`, last: '/l' })
      return next()
    case 'attachment':
      res.attachment(id % 2 === 0 ? 'é.txt' : undefined)
      return next()
    case 'local':
      res.locals[`l${id}`] = act.value
      req.app.locals[`a${id}`] = act.value
      return next()
    case 'set':
      req.app.set(act.name, act.value)
      return next()
    case 'patch':
      patch(res, act.what, log)
      return next()
    case 'send-file':
    case 'download':
      return sendFile(call, act)
    case 'call': {
      const { made } = call
      if (made.length === 0) return next()
      return (made[act.at % made.length] as Anything)(req, res, next)
    }
    case 'add-route':
      if (call.mayAdd()) router.get(act.to, (_req, response) => void response.send('added'))
      return next()
    case 'splice': {
      const stack = stackOf(router, tools.major)?.stack
      if (Array.isArray(stack)) stack.splice(ownLayers(router) + act.at, 1)
      return next()
    }
    case 'reverse':
    case 'wrap':
    case 'assign-stack':
      restack(act.do, call)
      return next()
    case 'destroy':
      req.socket.destroy()
      return
    default:
      return answer(act.do, call)
  }
}
