import type { App, Res } from '../types.ts'

type Replacer = (key: string, value: unknown) => unknown

const HTML_ESCAPES: Readonly<Record<string, string>> = {
  '<': '\\u003c',
  '>': '\\u003e',
  '&': '\\u0026',
}

/** JSON by the app's settings; undefined for what has none, as a function. */
function stringify(app: App, value: unknown): string | undefined {
  const { settings } = app
  const escapes = settings['json escape']
  const replacer = settings['json replacer'] as Replacer | undefined
  const spaces = settings['json spaces'] as number | string | undefined
  // With one argument, JSON.stringify() takes its faster way.
  const json = replacer || spaces ? JSON.stringify(value, replacer, spaces) : JSON.stringify(value)
  return escapes && typeof json === 'string'
    ? json.replace(/[<>&]/g, (character) => HTML_ESCAPES[character] as string)
    : json
}

/** Sends a value as JSON. */
export function json(this: Res, value?: unknown): Res {
  const body = stringify(this.app, value)
  if (!this.get('Content-Type')) this.set('Content-Type', 'application/json')
  return this.send(body)
}

/** Sends a value as JSON, or as a call of the function that the query asks for. */
export function jsonp(this: Res, value?: unknown): Res {
  const { app, req } = this
  let body = stringify(app, value)
  let callback = req.query?.[app.get('jsonp callback name') as string]
  if (!this.get('Content-Type')) {
    this.set('X-Content-Type-Options', 'nosniff')
    this.set('Content-Type', 'application/json')
  }
  if (Array.isArray(callback)) callback = callback[0]
  if (typeof callback === 'string' && callback.length !== 0) {
    this.set('X-Content-Type-Options', 'nosniff')
    this.set('Content-Type', 'text/javascript')
    callback = callback.replace(/[^[\]\w$.]/g, '')
    // Line ends in JavaScript, though not in JSON.
    const data = body === undefined ? '' : escapeLineEnds(body)
    // The comment thwarts attacks that need the first bytes (Rosetta Flash).
    body = `/**/ typeof ${callback} === 'function' && ${callback}(${data});`
  }
  return this.send(body)
}

const escapeLineEnds = (text: string): string =>
  text.replace(/\u2028/g, '\\u2028').replace(/\u2029/g, '\\u2029')
