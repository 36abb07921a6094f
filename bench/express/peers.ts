import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { nodePeer, type Peer } from '../peers.ts'

const ROUTING = [
  ...['text', 'json', 'param', 'post-json'],
  ...['routes-1', 'routes-first', 'routes-last', 'routes-missing'],
]
const MOUNTED = ['text', 'json', 'param', 'post-json', 'middleware-100']

/** ultimate-express, if it is installed with the native part that it runs on; undefined without. */
function ultimateExpress(): string | undefined {
  try {
    const file = createRequire(import.meta.url).resolve('ultimate-express')
    return existsSync(createRequire(file).resolve('uWebSockets.js'))
      ? 'ultimate-express'
      : undefined
  } catch {
    return undefined
  }
}

/** What was found out about it on 2026-11-23. */
const WITHOUT_ULTIMATE =
  'Skipped: ultimate-express, which is not installed here. Version 2.2.1 is in the npm registry, but depends on ' +
  '`uWebSockets.js` at `github:uNetworking/uWebSockets.js#v20.69.0`; the registry has no package of that name, so ' +
  'that `npm install ultimate-express` fails where GitHub cannot be reached. Whoever has both installed has it measured.'

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
    skipped: ultimate === undefined ? [WITHOUT_ULTIMATE] : [],
  }
}
