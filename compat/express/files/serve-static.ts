import type { Stats } from 'node:fs'
import type { FileStream } from '../components.ts'
import type { Middleware } from '../types.ts'
import { sendFast } from './fast-file.ts'

type SetHeaders = (this: FileStream, res: unknown, path: string, stat: Stats) => void

/** `serve-static`: the directory and options in, middleware out. */
export type ServeStatic = (root: string, options?: object) => Middleware

/**
 * Makes `express.static` of a `serve-static`: the same, with small files sent in one go.
 *
 * @param serve The version's `serve-static`.
 */
export function makeStatic(serve: ServeStatic): ServeStatic {
  function serveStatic(root: string, options?: object): Middleware {
    const { setHeaders } = (options || {}) as { setHeaders?: SetHeaders }
    // It says itself what is wrong.
    if (options && typeof options !== 'object') return serve(root, options)
    if (setHeaders && typeof setHeaders !== 'function') return serve(root, options)
    const listener: SetHeaders = setHeaders
      ? function (res, path, stat) {
          sendFast(this, stat, false)
          setHeaders.call(this, res, path, stat)
        }
      : function (_res, _path, stat) {
          sendFast(this, stat, false)
        }
    // Options are looked at for each file, so that changes of the user's object must be seen.
    return serve(root, Object.create(options || null, { setHeaders: { value: listener } }))
  }
  return Object.assign(serveStatic, serve)
}
