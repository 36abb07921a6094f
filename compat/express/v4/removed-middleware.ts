/** Middleware that Express 3 had. */
const REMOVED = [
  'bodyParser',
  'compress',
  'cookieSession',
  'session',
  'logger',
  'cookieParser',
  'favicon',
  'responseTime',
  'errorHandler',
  'timeout',
  'methodOverride',
  'vhost',
  'csrf',
  'directory',
  'limit',
  'multipart',
  'staticCache',
]

/** Lets an `express` say where the middleware of Express 3 has gone. */
export function defineRemovedMiddleware(express: object): void {
  for (const name of REMOVED) {
    Object.defineProperty(express, name, {
      get() {
        throw new Error(
          `Most middleware (like ${name}) is no longer bundled with Express and must be installed ` +
            'separately. Please see https://github.com/senchalabs/connect#middleware.',
        )
      },
      configurable: true,
    })
  }
}
