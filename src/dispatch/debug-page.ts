import { escapeText } from '../http/escape.ts'

const STYLE =
  'body{font:16px/1.5 system-ui,sans-serif;margin:2em auto;max-width:60em;padding:0 1em}' +
  'pre{background:#f4f4f4;border-radius:6px;overflow:auto;padding:1em}h1{font-size:1.4em}'

function section(error: Error): string {
  const stack = error.stack ?? `${error.name}: ${error.message}`
  const cause = error.cause instanceof Error ? `<h2>Caused by</h2>\n${section(error.cause)}` : ''
  return `<pre>${escapeText(stack)}</pre>\n${cause}`
}

/**
 * The page that a developer gets for an exception, in debug mode only: class, message, stack and
 * causes, and nothing of the request or the configuration.
 */
export function debugPage(error: Error): string {
  const title = `${escapeText(error.name)}: ${escapeText(error.message)}`
  return (
    `<!doctype html>\n<html lang="en">\n<title>${title} // BustAPI debug</title>\n` +
    `<style>${STYLE}</style>\n<h1>${title}</h1>\n${section(error)}\n` +
    '<p>This page is shown because the app runs in debug mode. ' +
    'Without it, a client gets a plain Internal Server Error.</p>\n'
  )
}
