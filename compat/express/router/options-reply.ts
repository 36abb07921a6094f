import type { Next, Res } from '../types.ts'

/**
 * Express 5's answer to an OPTIONS request that no handler took: the methods of the routes that
 * matched.
 */
export function replyToOptions(res: Res, methods: readonly string[], next: Next): void {
  try {
    const allow = [...new Set(methods)].sort().join(', ')
    res.setHeader('Allow', allow)
    res.setHeader('Content-Length', Buffer.byteLength(allow))
    res.setHeader('Content-Type', 'text/plain')
    res.setHeader('X-Content-Type-Options', 'nosniff')
    res.end(allow)
  } catch (error) {
    next(error)
  }
}
