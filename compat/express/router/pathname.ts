import { parseUrl } from '../components.ts'

const SLASH = 47
const QUESTION_MARK = 63

/** Whether node's URL parser must decide what a character in a path means: blanks and `#`. */
function isUnusual(code: number): boolean {
  switch (code) {
    case 9:
    case 10:
    case 12:
    case 13:
    case 32:
    case 35:
    case 0xa0:
    case 0xfeff:
      return true
    default:
      return false
  }
}

/**
 * The path of a request's URL as the `parseurl` package finds it. That package is asked for anything
 * but an ordinary path with an optional query.
 *
 * @returns undefined when there is none, or when the URL cannot be parsed.
 */
export function getPathname(req: { url?: string | undefined }): string | null | undefined {
  const { url } = req
  if (typeof url !== 'string' || url.charCodeAt(0) !== SLASH) return parsedPathname(req)
  let end = -1
  for (let i = 1; i < url.length; i++) {
    const code = url.charCodeAt(i)
    // The usual letters first: all unusual ones are below `/` or above ASCII.
    if (code > QUESTION_MARK && code < 0xa0) continue
    if (code === QUESTION_MARK) {
      if (end === -1) end = i
    } else if (isUnusual(code)) {
      return parsedPathname(req)
    }
  }
  return end === -1 ? url : url.substring(0, end)
}

function parsedPathname(req: { url?: string | undefined }): string | null | undefined {
  try {
    return parseUrl(req)?.pathname
  } catch {
    return undefined
  }
}

/**
 * Scheme and authority of an absolute-form URL, which stay in front while a prefix is cut off;
 * empty for an ordinary URL.
 */
export function getProtohost(url: unknown): string {
  if (typeof url !== 'string' || url.length === 0 || url[0] === '/') return ''
  const search = url.indexOf('?')
  const end = search === -1 ? url.length : search
  const scheme = url.substring(0, end).indexOf('://')
  return scheme === -1 ? '' : url.substring(0, url.indexOf('/', 3 + scheme))
}
