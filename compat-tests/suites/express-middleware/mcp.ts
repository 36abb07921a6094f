import type { Request, RequestHandler } from 'express'
import { post, withHeaders } from '../../kit/express/suite.ts'
import type { Ask } from '../../kit/express/types.ts'
import { type Factory, loadAll, type Row, row } from './load.ts'

/** The slice of `McpServer` that is used. */
interface McpServer {
  registerTool(name: string, about: object, run: (args: { name: string }) => object): void
  connect(transport: object): Promise<void>
}

interface Transport {
  handleRequest(req: Request, res: object, body: unknown): Promise<void>
  close(): Promise<void>
}

const SDK = '@modelcontextprotocol/sdk'

const call = (
  method: string,
  params: object,
  accept = 'application/json, text/event-stream',
  path = '/mcp',
): Ask =>
  post(path, 'application/json', JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }), {
    Accept: accept,
    Authorization: 'Bearer good',
  })

const START = {
  protocolVersion: '2025-06-18',
  capabilities: {},
  clientInfo: { name: 'test', version: '1' },
}

/** The Model Context Protocol's transport over HTTP, with its own middleware in front. */
export const MCP: readonly Row[] = [
  row(SDK, {
    app(express) {
      const { McpServer } = loadAll<{ McpServer: new (info: object) => McpServer }>(
        `${SDK}/server/mcp.js`,
      )
      const { StreamableHTTPServerTransport } = loadAll<{
        StreamableHTTPServerTransport: new (options: object) => Transport
      }>(`${SDK}/server/streamableHttp.js`)
      const { requireBearerAuth } = loadAll<{ requireBearerAuth: Factory }>(
        `${SDK}/server/auth/middleware/bearerAuth.js`,
      )
      const { mcpAuthMetadataRouter } = loadAll<{ mcpAuthMetadataRouter: Factory }>(
        `${SDK}/server/auth/router.js`,
      )
      const { z } = loadAll<{ z: { string(): object } }>('zod')

      const handle =
        (enableJsonResponse: boolean): RequestHandler =>
        async (req, res) => {
          const server = new McpServer({ name: 'own', version: '1' })
          server.registerTool(
            'greet',
            { description: 'Greets', inputSchema: { name: z.string() } },
            ({ name }) => ({ content: [{ type: 'text', text: `hello ${name}` }] }),
          )
          const transport = new StreamableHTTPServerTransport({
            sessionIdGenerator: undefined,
            enableJsonResponse,
          })
          res.on('close', () => void transport.close())
          await server.connect(transport)
          await transport.handleRequest(req, res, req.body)
        }
      const verifier = {
        verifyAccessToken: async (token: string) => {
          if (token !== 'good') throw new Error('no such token')
          return { token, clientId: 'c', scopes: ['use'], expiresAt: 2 ** 40 }
        },
      }
      const auth = requireBearerAuth({ verifier, requiredScopes: ['use'] })
      const app = express()
      app.use(
        mcpAuthMetadataRouter({
          resourceServerUrl: new URL('http://127.0.0.1/mcp'),
          oauthMetadata: {
            issuer: 'https://auth.test',
            authorization_endpoint: 'https://auth.test/authorize',
            token_endpoint: 'https://auth.test/token',
            response_types_supported: ['code'],
          },
        }),
      )
      app.use(express.json())
      app.post('/mcp', auth, handle(false)).post('/json', auth, handle(true))
      app.delete('/mcp', auth, handle(false))
      return app
    },
    requests: [
      call('initialize', START),
      call('initialize', START, undefined, '/json'),
      call('tools/list', {}),
      call('tools/call', { name: 'greet', arguments: { name: 'ann' } }),
      call('tools/call', { name: 'greet', arguments: { name: 'ann' } }, undefined, '/json'),
      call('tools/call', { name: 'greet', arguments: {} }),
      call('nope', {}),
      call('tools/list', {}, 'text/html'),
      post('/mcp', 'application/json', '{', { Authorization: 'Bearer good' }),
      post('/mcp', 'application/json', '{}'),
      post('/mcp', 'application/json', '{}', { Authorization: 'Bearer bad' }),
      withHeaders('DELETE /mcp', { Authorization: 'Bearer good' }),
      '/.well-known/oauth-protected-resource/mcp',
      '/.well-known/oauth-authorization-server',
      'OPTIONS /.well-known/oauth-protected-resource/mcp',
      'POST /.well-known/oauth-protected-resource/mcp',
    ],
  }),
]
