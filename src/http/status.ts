import { ValueError } from '../errors/builtins.ts'

/**
 * Reason phrases by status code: Werkzeug's `HTTP_STATUS_CODES`, which pages and status lines show.
 */
export const HTTP_STATUS_CODES: ReadonlyMap<number, string> = new Map([
  [100, 'Continue'],
  [101, 'Switching Protocols'],
  [102, 'Processing'],
  [103, 'Early Hints'],
  [200, 'OK'],
  [201, 'Created'],
  [202, 'Accepted'],
  [203, 'Non Authoritative Information'],
  [204, 'No Content'],
  [205, 'Reset Content'],
  [206, 'Partial Content'],
  [207, 'Multi Status'],
  [208, 'Already Reported'],
  [226, 'IM Used'],
  [300, 'Multiple Choices'],
  [301, 'Moved Permanently'],
  [302, 'Found'],
  [303, 'See Other'],
  [304, 'Not Modified'],
  [305, 'Use Proxy'],
  [306, 'Switch Proxy'],
  [307, 'Temporary Redirect'],
  [308, 'Permanent Redirect'],
  [400, 'Bad Request'],
  [401, 'Unauthorized'],
  [402, 'Payment Required'],
  [403, 'Forbidden'],
  [404, 'Not Found'],
  [405, 'Method Not Allowed'],
  [406, 'Not Acceptable'],
  [407, 'Proxy Authentication Required'],
  [408, 'Request Timeout'],
  [409, 'Conflict'],
  [410, 'Gone'],
  [411, 'Length Required'],
  [412, 'Precondition Failed'],
  [413, 'Request Entity Too Large'],
  [414, 'Request URI Too Long'],
  [415, 'Unsupported Media Type'],
  [416, 'Requested Range Not Satisfiable'],
  [417, 'Expectation Failed'],
  [418, "I'm a teapot"],
  [421, 'Misdirected Request'],
  [422, 'Unprocessable Entity'],
  [423, 'Locked'],
  [424, 'Failed Dependency'],
  [425, 'Too Early'],
  [426, 'Upgrade Required'],
  [428, 'Precondition Required'],
  [429, 'Too Many Requests'],
  [431, 'Request Header Fields Too Large'],
  [449, 'Retry With'],
  [451, 'Unavailable For Legal Reasons'],
  [500, 'Internal Server Error'],
  [501, 'Not Implemented'],
  [502, 'Bad Gateway'],
  [503, 'Service Unavailable'],
  [504, 'Gateway Timeout'],
  [505, 'HTTP Version Not Supported'],
  [506, 'Variant Also Negotiates'],
  [507, 'Insufficient Storage'],
  [508, 'Loop Detected'],
  [510, 'Not Extended'],
  [511, 'Network Authentication Failed'],
])

/** A status both ways: the number, and the whole line such as `404 NOT FOUND`. */
export interface StatusLine {
  readonly code: number
  readonly line: string
}

const LINES: ReadonlyMap<number, StatusLine> = new Map(
  [...HTTP_STATUS_CODES].map(([code, name]) => [
    code,
    { code, line: `${code} ${name.toUpperCase()}` },
  ]),
)

/**
 * Reads a status as `Response.status` takes it (Werkzeug's `Response._clean_status`).
 *
 * @param status A code, a whole line (`'404 Gone Fishing'`), a code in text, or only a message
 *   (which gets code 0).
 * @throws ValueError for blank text.
 */
export function statusLine(status: number | string): StatusLine {
  if (typeof status === 'number') return LINES.get(status) ?? lineOf(Math.trunc(status))

  const text = status.trim()
  if (text === '') throw new ValueError('Empty status argument')

  const space = text.indexOf(' ')
  const head = space === -1 ? text : text.slice(0, space)
  if (!/^[+-]?\d+$/.test(head)) return { code: 0, line: `0 ${text}` }

  const code = Number(head)
  if (space !== -1) return { code, line: text }
  return LINES.get(code) ?? lineOf(code)
}

function lineOf(code: number): StatusLine {
  return LINES.get(code) ?? { code, line: `${code} UNKNOWN` }
}
