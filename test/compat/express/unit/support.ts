import { type IncomingMessage, request, type Server } from 'node:http'
import { createRequire } from 'node:module'
import type { AddressInfo } from 'node:net'
import express5 from '../../../../compat/express/index.ts'
import express4 from '../../../../compat/express/v4/index.ts'

/** The real Express of both majors, typed as ours. */
const require = createRequire(import.meta.url)
export const real5 = require('express') as typeof express5
export const real4 = require('express4') as typeof express4

/** Each version: ours beside the original. */
export const VERSIONS = [
  { version: 5, ours: express5, real: real5 },
  { version: 4, ours: express4, real: real4 },
] as const

/** One response as it came. */
export interface Reply {
  readonly status: number
  readonly headers: IncomingMessage['headers']
  readonly rawHeaders: readonly string[]
  readonly body: string
}

/** Sends one request to a server that listens. */
export function ask(
  server: Server,
  path: string,
  options: { method?: string; headers?: Record<string, string>; body?: string } = {},
): Promise<Reply> {
  const { port } = server.address() as AddressInfo
  return new Promise((resolve, reject) => {
    const outgoing = request(
      { port, path, method: options.method ?? 'GET', headers: options.headers ?? {}, agent: false },
      (incoming) => {
        const chunks: Buffer[] = []
        incoming.on('data', (chunk: Buffer) => chunks.push(chunk))
        incoming.on('error', reject)
        incoming.on('end', () =>
          resolve({
            status: incoming.statusCode as number,
            headers: incoming.headers,
            rawHeaders: incoming.rawHeaders,
            body: Buffer.concat(chunks).toString(),
          }),
        )
      },
    )
    outgoing.on('error', reject)
    outgoing.end(options.body)
  })
}

/** Lets an app listen while a test runs. */
export async function listening<T>(
  app: { listen(port: number, callback: () => void): Server },
  test: (server: Server) => Promise<T>,
): Promise<T> {
  const server = await new Promise<Server>((resolve) => {
    const made = app.listen(0, () => resolve(made))
  })
  try {
    return await test(server)
  } finally {
    server.close()
    server.closeAllConnections()
  }
}
