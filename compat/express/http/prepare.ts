import type { App, Req, Res } from '../types.ts'
import { adopt } from './messages.ts'

/** Makes a request and its response those of an app: each knows the other, and has Express's members. */
export function prepare(app: App, req: Req, res: Res): void {
  if (app.settings['x-powered-by']) res.setHeader('X-Powered-By', 'Express')
  req.res = res
  // Read-only in HTTP/2's responses, which have it from the start.
  if (res.req !== req) (res as { req: Req }).req = req
  adopt(app, req, res)
  if (!res.locals) res.locals = Object.create(null)
}
