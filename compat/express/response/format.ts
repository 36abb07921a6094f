import { createError } from '../components.ts'
import type { MediaType } from '../media-types.ts'
import type { Next, Req, Res } from '../types.ts'

type Formats = Record<string, (req: Req, res: Res, next: Next | undefined) => unknown>

/**
 * Makes `res.format`, which answers in the format that the client likes best, or fails with 406.
 *
 * @param normalize What the version makes of the name of a format.
 */
export function makeFormat(
  normalize: (type: string) => MediaType,
): (this: Res, formats: Formats) => Res {
  return function format(this: Res, formats: Formats): Res {
    const { req } = this
    const { next } = req
    const keys = Object.keys(formats).filter((key) => key !== 'default')
    const key = keys.length > 0 ? req.accepts(keys) : false
    this.vary('Accept')
    if (key) {
      this.set('Content-Type', normalize(key as string).value)
      formats[key as string]?.(req, this, next)
    } else if (formats.default) {
      formats.default(req, this, next)
    } else {
      next?.(createError(406, { types: keys.map((one) => normalize(one).value) }))
    }
    return this
  }
}
