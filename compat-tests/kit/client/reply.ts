/** An answer as it came over the wire. */
export interface Reply {
  readonly status: number
  /** Status and reason phrase, such as `404 NOT FOUND`. */
  readonly statusLine: string
  /** Names in lower case; values decoded as latin-1, as WSGI and Node do. */
  readonly headers: readonly (readonly [name: string, value: string])[]
  readonly body: Buffer
  /** Whether the body came in chunks, so that no length was announced. */
  readonly chunked: boolean
}

interface Head {
  readonly status: number
  readonly statusLine: string
  readonly headers: [string, string][]
  /** Where the body starts. */
  readonly end: number
}

const HEAD_END = Buffer.from('\r\n\r\n')

function readHead(bytes: Buffer, from: number): Head | null {
  const at = bytes.indexOf(HEAD_END, from)
  if (at === -1) return null
  const [first = '', ...lines] = bytes.toString('latin1', from, at).split('\r\n')
  const match = /^HTTP\/1\.[01] (\d{3})(?: (.*))?$/.exec(first)
  if (!match) throw new Error(`The answer does not start like HTTP: ${JSON.stringify(first)}`)
  const status = Number(match[1])
  return {
    status,
    statusLine: `${match[1]} ${match[2] ?? ''}`,
    headers: lines.map((line): [string, string] => {
      const colon = line.indexOf(':')
      return [line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim()]
    }),
    end: at + HEAD_END.length,
  }
}

/** The body of a chunked answer, or null while its last chunk is missing. */
function readChunks(bytes: Buffer, from: number): Buffer | null {
  const parts: Buffer[] = []
  let at = from
  for (;;) {
    const lineEnd = bytes.indexOf('\r\n', at)
    if (lineEnd === -1) return null
    const size = Number.parseInt(bytes.toString('latin1', at, lineEnd), 16)
    if (Number.isNaN(size)) throw new Error('A chunk of the answer has no size')
    const start = lineEnd + 2
    if (size === 0) return bytes.indexOf('\r\n', start) === -1 ? null : Buffer.concat(parts)
    if (bytes.length < start + size + 2) return null
    parts.push(bytes.subarray(start, start + size))
    at = start + size + 2
  }
}

function headerOf(head: Head, name: string): string | undefined {
  return head.headers.find(([header]) => header === name)?.[1]
}

/**
 * Reads an answer from the bytes received so far; null while it is not complete.
 * @param ended whether the server has closed the connection
 * @throws {Error} when the bytes are no HTTP answer, or end before it does
 */
export function readReply(bytes: Buffer, method: string, ended: boolean): Reply | null {
  let head = readHead(bytes, 0)
  // RFC 9110 §15.2: interim answers may come before the final one; 101 is final.
  while (head && head.status < 200 && head.status !== 101) head = readHead(bytes, head.end)
  if (!head) {
    if (ended) throw new Error('The connection was closed before the answer was complete')
    return null
  }
  const chunked = /\bchunked\b/i.test(headerOf(head, 'transfer-encoding') ?? '')
  const body = readBody(bytes, head, method, chunked, ended)
  if (body === null) {
    if (ended) throw new Error('The connection was closed before the answer was complete')
    return null
  }
  const { status, statusLine, headers } = head
  return { status, statusLine, headers, body, chunked }
}

function readBody(
  bytes: Buffer,
  head: Head,
  method: string,
  chunked: boolean,
  ended: boolean,
): Buffer | null {
  // RFC 9112 §6.3: these never have a body, whatever their headers say.
  if (method === 'HEAD' || head.status < 200 || head.status === 204 || head.status === 304) {
    return Buffer.alloc(0)
  }
  if (chunked) return readChunks(bytes, head.end)
  const length = headerOf(head, 'content-length')
  if (length === undefined) return ended ? bytes.subarray(head.end) : null
  const end = head.end + Number(length)
  return bytes.length >= end ? bytes.subarray(head.end, end) : null
}
