import { afterEach, describe, expect, it } from 'vitest'
import * as exceptions from '../../src/errors/http-exception.ts'
import { WWWAuthenticate } from '../../src/http/authorization.ts'
import { Markup } from '../../src/http/markup.ts'
import { Response } from '../../src/response/response.ts'

const {
  Aborter,
  abort,
  BadRequest,
  BadRequestKeyError,
  defaultExceptions,
  HTTPException,
  InternalServerError,
  MethodNotAllowed,
  NotFound,
  RequestedRangeNotSatisfiable,
  ServiceUnavailable,
  setResponseFactory,
  TooManyRequests,
  Unauthorized,
} = exceptions

/** Code, title and paragraph of each page, as Werkzeug 3.1.8 sends them. */
const PAGES: readonly (readonly [
  name: keyof typeof exceptions,
  code: number,
  title: string,
  text: string,
])[] = [
  [
    'BadRequest',
    400,
    'Bad Request',
    'The browser (or proxy) sent a request that this server could not understand.',
  ],
  [
    'Unauthorized',
    401,
    'Unauthorized',
    'The server could not verify that you are authorized to access the URL requested. You either supplied the wrong credentials (e.g. a bad password), or your browser doesn&#39;t understand how to supply the credentials required.',
  ],
  [
    'Forbidden',
    403,
    'Forbidden',
    'You don&#39;t have the permission to access the requested resource. It is either read-protected or not readable by the server.',
  ],
  [
    'NotFound',
    404,
    'Not Found',
    'The requested URL was not found on the server. If you entered the URL manually please check your spelling and try again.',
  ],
  [
    'MethodNotAllowed',
    405,
    'Method Not Allowed',
    'The method is not allowed for the requested URL.',
  ],
  [
    'NotAcceptable',
    406,
    'Not Acceptable',
    'The resource identified by the request is only capable of generating response entities which have content characteristics not acceptable according to the accept headers sent in the request.',
  ],
  [
    'RequestTimeout',
    408,
    'Request Timeout',
    'The server closed the network connection because the browser didn&#39;t finish the request within the specified time.',
  ],
  [
    'Conflict',
    409,
    'Conflict',
    'A conflict happened while processing the request. The resource might have been modified while the request was being processed.',
  ],
  [
    'Gone',
    410,
    'Gone',
    'The requested URL is no longer available on this server and there is no forwarding address. If you followed a link from a foreign page, please contact the author of this page.',
  ],
  [
    'LengthRequired',
    411,
    'Length Required',
    'A request with this method requires a valid &lt;code&gt;Content-Length&lt;/code&gt; header.',
  ],
  [
    'PreconditionFailed',
    412,
    'Precondition Failed',
    'The precondition on the request for the URL failed positive evaluation.',
  ],
  [
    'RequestEntityTooLarge',
    413,
    'Request Entity Too Large',
    'The data value transmitted exceeds the capacity limit.',
  ],
  [
    'RequestURITooLarge',
    414,
    'Request URI Too Long',
    'The length of the requested URL exceeds the capacity limit for this server. The request cannot be processed.',
  ],
  [
    'UnsupportedMediaType',
    415,
    'Unsupported Media Type',
    'The server does not support the media type transmitted in the request.',
  ],
  [
    'RequestedRangeNotSatisfiable',
    416,
    'Requested Range Not Satisfiable',
    'The server cannot provide the requested range.',
  ],
  [
    'ExpectationFailed',
    417,
    'Expectation Failed',
    'The server could not meet the requirements of the Expect header',
  ],
  ['ImATeapot', 418, 'I&#39;m a teapot', 'This server is a teapot, not a coffee machine'],
  [
    'MisdirectedRequest',
    421,
    'Misdirected Request',
    'The server is not able to produce a response.',
  ],
  [
    'UnprocessableEntity',
    422,
    'Unprocessable Entity',
    'The request was well-formed but was unable to be followed due to semantic errors.',
  ],
  ['Locked', 423, 'Locked', 'The resource that is being accessed is locked.'],
  [
    'FailedDependency',
    424,
    'Failed Dependency',
    'The method could not be performed on the resource because the requested action depended on another action and that action failed.',
  ],
  [
    'PreconditionRequired',
    428,
    'Precondition Required',
    'This request is required to be conditional; try using &#34;If-Match&#34; or &#34;If-Unmodified-Since&#34;.',
  ],
  [
    'TooManyRequests',
    429,
    'Too Many Requests',
    'This user has exceeded an allotted request count. Try again later.',
  ],
  [
    'RequestHeaderFieldsTooLarge',
    431,
    'Request Header Fields Too Large',
    'One or more header fields exceeds the maximum size.',
  ],
  [
    'UnavailableForLegalReasons',
    451,
    'Unavailable For Legal Reasons',
    'Unavailable for legal reasons.',
  ],
  [
    'InternalServerError',
    500,
    'Internal Server Error',
    'The server encountered an internal error and was unable to complete your request. Either the server is overloaded or there is an error in the application.',
  ],
  [
    'NotImplemented',
    501,
    'Not Implemented',
    'The server does not support the action requested by the browser.',
  ],
  [
    'BadGateway',
    502,
    'Bad Gateway',
    'The proxy server received an invalid response from an upstream server.',
  ],
  [
    'ServiceUnavailable',
    503,
    'Service Unavailable',
    'The server is temporarily unable to service your request due to maintenance downtime or capacity problems. Please try again later.',
  ],
  ['GatewayTimeout', 504, 'Gateway Timeout', 'The connection to an upstream server timed out.'],
  [
    'HTTPVersionNotSupported',
    505,
    'HTTP Version Not Supported',
    'The server does not support the HTTP protocol version used in the request.',
  ],
]

describe('the default pages', () => {
  it.each(PAGES)('%s', (name, code, title, text) => {
    const Class = defaultExceptions.get(code)
    expect(Class).toBe(new Map<string, unknown>(Object.entries(exceptions)).get(name))
    const error = new (Class as typeof HTTPException)()
    expect(error.getBody()).toBe(
      `<!doctype html>\n<html lang=en>\n<title>${code} ${title}</title>\n<h1>${title}</h1>\n<p>${text}</p>\n`,
    )
    expect(error.getHeaders()).toEqual([['Content-Type', 'text/html; charset=utf-8']])
    expect([error.code, Class?.code, Class?.prototype.constructor.name]).toEqual([code, code, name])
    expect(error).toBeInstanceOf(HTTPException)
    expect(error).toBeInstanceOf(Error)
  })

  it('are all there are', () => {
    expect([...defaultExceptions.keys()].sort()).toEqual(PAGES.map(([, code]) => code))
  })
})

describe('HTTPException', () => {
  it('has Werkzeug’s name and text', () => {
    const error = new NotFound()
    expect(error.name).toBe('Not Found')
    expect(String(new NotFound('gone'))).toBe('404 Not Found: gone')
    expect(new NotFound('gone').message).toBe('404 Not Found: gone')
    expect(String(new HTTPException())).toBe('??? Unknown Error: None')
    expect(new HTTPException().getBody()).toContain('<title>None Unknown Error</title>')
    expect(new HTTPException().getDescription()).toBe('<p></p>')
  })

  it('S48: escapes the description and keeps its lines', () => {
    expect(new NotFound('<script>\n"x"').getDescription()).toBe(
      '<p>&lt;script&gt;<br>&#34;x&#34;</p>',
    )
    expect(new NotFound(new Markup('<b>\nx</b>')).getDescription()).toBe('<p><b><br>x</b></p>')
  })

  it('takes the description and the response by place or by name', () => {
    const response = new Response('own')
    expect(new NotFound('a').description).toBe('a')
    expect(new NotFound({ description: 'b' }).description).toBe('b')
    expect(new NotFound(null, { response }).response).toBe(response)
    expect(new NotFound({ response }).getResponse()).toBe(response)
    expect(new NotFound(null).description).toBe(NotFound.description)
  })

  it('has a class of one’s own, by static or by instance fields', () => {
    class OutOfStorage extends HTTPException {
      static override readonly code: number = 507
      static override readonly description: string = 'Full.'
    }
    class Own extends HTTPException {
      override code = 499
      override description = 'Mine.'
    }
    expect(String(new OutOfStorage())).toBe('507 Insufficient Storage: Full.')
    expect(new Own().getBody()).toContain(
      '<title>499 Unknown Error</title>\n<h1>Unknown Error</h1>\n<p>Mine.</p>',
    )
  })

  it('makes its response', async () => {
    const response = new MethodNotAllowed(['GET', 'HEAD']).getResponse() as Response
    expect(response.statusCode).toBe(405)
    expect(response.headers.get('Allow')).toBe('GET, HEAD')
    expect(response.headers.get('Content-Type')).toBe('text/html; charset=utf-8')
    expect(response.getData({ asText: true })).toBe(new MethodNotAllowed().getBody())
  })
})

describe('setResponseFactory', () => {
  afterEach(() =>
    setResponseFactory((body, status, headers) => new Response(body, status, headers)),
  )

  it('decides what a page’s response is', () => {
    const made: unknown[] = []
    setResponseFactory((...args) => {
      made.push(args)
      return new Response('made')
    })
    expect((new NotFound('x').getResponse() as Response).data.toString()).toBe('made')
    expect(made).toEqual([[new NotFound('x').getBody(), 404, new NotFound('x').getHeaders()]])
  })
})

describe('BadRequestKeyError', () => {
  it('shows the key only when told to', () => {
    const error = new BadRequestKeyError("k'<")
    expect(error).toBeInstanceOf(BadRequest)
    expect(error.getBody()).toBe(new BadRequest().getBody())
    error.showException = true
    expect(error.getDescription()).toBe(
      `<p>${BadRequest.description}<br>KeyError: &#34;k&#39;&lt;&#34;</p>`,
    )
    error.description = 'Own.'
    expect(error.description).toBe(`Own.\nKeyError: "k'<"`)
  })

  it('takes any key, or none', () => {
    for (const [key, text] of [
      [undefined, ''],
      [5, '5'],
      ['a', "'a'"],
    ] as const) {
      const error = new BadRequestKeyError(key, 'd')
      error.showException = true
      expect(error.description).toBe(`d\nKeyError: ${text}`)
    }
  })
})

describe('headers of exceptions', () => {
  const extra = (error: exceptions.HTTPException): unknown => error.getHeaders().slice(1)

  it('Unauthorized has one line for each challenge', () => {
    const basic = new WWWAuthenticate('basic', { realm: 'x' })
    expect(extra(new Unauthorized(null, { wwwAuthenticate: basic }))).toEqual([
      ['WWW-Authenticate', 'Basic realm=x'],
    ])
    expect(extra(new Unauthorized({ wwwAuthenticate: [basic, 'Bearer'] }))).toEqual([
      ['WWW-Authenticate', 'Basic realm=x'],
      ['WWW-Authenticate', 'Bearer'],
    ])
    expect(new Unauthorized('d', { wwwAuthenticate: 'Bearer' }).wwwAuthenticate).toEqual(['Bearer'])
    expect(extra(new Unauthorized())).toEqual([])
  })

  it('MethodNotAllowed has Allow', () => {
    expect(extra(new MethodNotAllowed(new Set(['GET', 'POST'])))).toEqual([['Allow', 'GET, POST']])
    expect(extra(new MethodNotAllowed({ validMethods: ['PUT'] }))).toEqual([['Allow', 'PUT']])
    expect(extra(new MethodNotAllowed([], 'd'))).toEqual([])
    expect(new MethodNotAllowed(null, 'd').description).toBe('d')
    expect(new MethodNotAllowed({ description: 'd' }).description).toBe('d')
  })

  it('RequestedRangeNotSatisfiable has Content-Range', () => {
    expect(extra(new RequestedRangeNotSatisfiable(10))).toEqual([['Content-Range', 'bytes */10']])
    expect(extra(new RequestedRangeNotSatisfiable(0, 'items'))).toEqual([
      ['Content-Range', 'items */0'],
    ])
    expect(
      extra(new RequestedRangeNotSatisfiable({ length: 5, units: 'x', description: 'd' })),
    ).toEqual([['Content-Range', 'x */5']])
    expect(extra(new RequestedRangeNotSatisfiable())).toEqual([])
    expect(extra(new RequestedRangeNotSatisfiable(null, undefined, 'd'))).toEqual([])
  })

  it('Retry-After is seconds or a date; zero is none', () => {
    expect(extra(new TooManyRequests(null, { retryAfter: 5 }))).toEqual([['Retry-After', '5']])
    expect(extra(new ServiceUnavailable({ retryAfter: new Date(0) }))).toEqual([
      ['Retry-After', 'Thu, 01 Jan 1970 00:00:00 GMT'],
    ])
    expect(extra(new TooManyRequests('d', { retryAfter: 0 }))).toEqual([])
  })

  it('InternalServerError knows what caused it', () => {
    const cause = new Error('x')
    expect(new InternalServerError(null, { originalException: cause }).originalException).toBe(
      cause,
    )
    expect(new InternalServerError({ originalException: cause }).originalException).toBe(cause)
    expect(new InternalServerError().originalException).toBeNull()
  })
})

describe('abort', () => {
  it('throws the exception of a code, with what its constructor takes', () => {
    expect(() => abort(404)).toThrow(NotFound)
    expect(() => abort(404, 'gone')).toThrow('404 Not Found: gone')
    expect(() => abort(429, { retryAfter: 5 })).toThrow(TooManyRequests)
  })

  it('carries a response', () => {
    const response = new Response('own')
    try {
      abort(response)
    } catch (error) {
      expect((error as exceptions.HTTPException).getResponse()).toBe(response)
    }
    expect.assertions(1)
  })

  it('knows no other codes', () => {
    expect(() => abort(299)).toThrow('no exception for 299')
  })

  it('an Aborter can have more', () => {
    class Own extends HTTPException {
      static override readonly code: number = 499
    }
    const aborter = new Aborter(undefined, [[499, Own]])
    expect(() => aborter.abort(499)).toThrow(Own)
    expect(() => aborter.abort(404)).toThrow(NotFound)
    expect(defaultExceptions.has(499)).toBe(false)
    expect(() => new Aborter([[499, Own]]).abort(404)).toThrow('no exception for 404')
  })
})
