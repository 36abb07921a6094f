import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { nodePeer, type Peer } from '../peers.ts'

const ROUTING = [
  ...['text', 'json', 'param', 'post-json'],
  ...['routes-1', 'routes-first', 'routes-last', 'routes-missing'],
]
const MOUNTED = ['text', 'json', 'param', 'post-json', 'middleware-100']

/** ultimate-express runs on a native part that its packages fetch at installation; undefined without. */
function ultimateExpress(): string | undefined {
  try {
    const file = createRequire(import.meta.url).resolve('ultimate-express')
    return existsSync(file) ? 'ultimate-express' : undefined
  } catch {
    return undefined
  }
}

/** All that is measured against the drop-in, and a line for each thing that is not here. */
export function expressPeers(): { readonly peers: readonly Peer[]; readonly skipped: string[] } {
  const drop = (file: string): string => `drop-in/${file}`
  const ultimate = ultimateExpress()
  const bare = { scenarios: ['text', 'json'] }
  return {
    peers: [
      nodePeer('node:http', drop('node-http.mjs'), ['constant'], bare),
      nodePeer('node:http, ETag made anew', drop('node-http.mjs'), ['hash'], bare),
      nodePeer('Fastify', drop('fastify.mjs'), [], { scenarios: ROUTING }),
      nodePeer('Hono', drop('hono.mjs'), [], { scenarios: ROUTING }),
      nodePeer('@fastify/express', drop('fastify-express.mjs'), [], {
        ...{ scenarios: MOUNTED, original: 'Express 5' },
      }),
      nodePeer('Express 5', drop('express.mjs'), ['express']),
      nodePeer('bustapi/express', drop('express.mjs'), ['bustapi/express'], {
        original: 'Express 5',
      }),
      nodePeer('Express 4', drop('express.mjs'), ['express4']),
      nodePeer('bustapi/express4', drop('express.mjs'), ['bustapi/express4'], {
        original: 'Express 4',
      }),
      ...(ultimate === undefined ? [] : [nodePeer(ultimate, drop('express.mjs'), [ultimate])]),
    ],
    skipped:
      ultimate === undefined
        ? ['Skipped: ultimate-express (its native part is not in the registry).']
        : [],
  }
}
