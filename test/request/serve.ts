import http, { type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import net from 'node:net'
import { HTTPException } from '../../src/errors/http-exception.ts'
import { DEFAULT_SETTINGS, Request, type RequestSettings } from '../../src/request/request.ts'
import { Response } from '../../src/response/response.ts'
import { writeResponse } from '../../src/response/write.ts'

/** What a view gets, and what it may give back. */
export type View = (
  request: Request,
  raw: { req: IncomingMessage; res: ServerResponse },
) => unknown | Promise<unknown>

export interface TestServer {
  port: number
  /** Errors that the writer reported, and those that no response could be made of. */
  errors: unknown[]
  requests: Request[]
  close(): Promise<void>
}

/** A server over our Request and Response and nothing else, one view for every request. */
export async function serve(
  view: View,
  settings: Partial<RequestSettings> = {},
  before?: (req: IncomingMessage, res: ServerResponse) => void | Promise<void>,
  plain = true,
): Promise<TestServer> {
  const errors: unknown[] = []
  const requests: Request[] = []
  const handle = async (req: IncomingMessage, res: ServerResponse): Promise<void> => {
    await before?.(req, res)
    const request = new Request(req, { ...DEFAULT_SETTINGS, ...settings })
    requests.push(request)
    await request.readBody()
    const options = { plain, request, onError: (error: unknown) => void errors.push(error) }
    let response: Response
    try {
      const value = await view(request, { req, res })
      response =
        value instanceof Response
          ? value
          : new Response(JSON.stringify(value ?? null), { mimetype: 'application/json' })
    } catch (error) {
      if (!(error instanceof HTTPException)) errors.push(error)
      response =
        error instanceof HTTPException
          ? (error.getResponse() as Response)
          : new Response(String(error), 500)
    }
    try {
      await writeResponse(response, request.method, res, options)
    } catch (error) {
      errors.push(error)
      await writeResponse(new Response('failed', 500), request.method, res, options)
    } finally {
      request.close()
    }
  }
  const server = http.createServer((req, res) => void handle(req, res))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.address() as AddressInfo).port,
    errors,
    requests,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  }
}

export interface Reply {
  status: number
  reason: string
  headers: [name: string, value: string][]
  body: Buffer
  json(): unknown
}

/** One request through node's client, sent as it is written here. */
export function fetchRaw(
  port: number,
  path: string,
  options: {
    method?: string
    headers?: Record<string, string | string[]>
    body?: string | Buffer
  } = {},
): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const headers: Record<string, string | string[]> = { Host: 'localhost', ...options.headers }
    if (options.body !== undefined && !('Transfer-Encoding' in headers)) {
      headers['Content-Length'] ??= String(Buffer.byteLength(options.body))
    }
    const call = http.request(
      { port, host: '127.0.0.1', path, method: options.method ?? 'GET', headers, agent: false },
      (res) => {
        const chunks: Buffer[] = []
        res.on('data', (chunk: Buffer) => chunks.push(chunk))
        res.on('error', reject)
        res.on('end', () => {
          const pairs: [string, string][] = []
          for (let i = 0; i < res.rawHeaders.length; i += 2) {
            pairs.push([res.rawHeaders[i] as string, res.rawHeaders[i + 1] as string])
          }
          const body = Buffer.concat(chunks)
          resolve({
            status: res.statusCode ?? 0,
            reason: res.statusMessage ?? '',
            headers: pairs,
            body,
            json: () => JSON.parse(body.toString()),
          })
        })
      },
    )
    call.on('error', reject)
    call.end(options.body)
  })
}

/** Sends bytes on a raw connection and gives everything that comes back until it closes or rests. */
export function exchange(
  port: number,
  parts: readonly (string | Buffer)[],
  { rest = 300, end = false }: { rest?: number; end?: boolean } = {},
): Promise<{ text: string; closed: boolean }> {
  return new Promise((resolve) => {
    const socket = net.connect(port, '127.0.0.1')
    const chunks: Buffer[] = []
    let timer: NodeJS.Timeout | undefined
    const finish = (closed: boolean): void => {
      clearTimeout(timer)
      socket.destroy()
      resolve({ text: Buffer.concat(chunks).toString('latin1'), closed })
    }
    const arm = (): void => {
      clearTimeout(timer)
      timer = setTimeout(() => finish(false), rest)
    }
    socket.on('data', (chunk: Buffer) => {
      chunks.push(chunk)
      arm()
    })
    socket.on('error', () => {})
    socket.on('close', () => finish(true))
    socket.on('connect', () => {
      for (const part of parts) socket.write(part)
      if (end) socket.end()
      arm()
    })
  })
}

/** The value of a header of a reply, or null. */
export function header(reply: Reply, name: string): string | null {
  return reply.headers.find(([key]) => key.toLowerCase() === name.toLowerCase())?.[1] ?? null
}
