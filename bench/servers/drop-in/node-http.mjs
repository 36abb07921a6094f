// Bare node:http writing the headers that Express writes. With `hash` as second argument it works out the ETag for
// each answer, as Express does; without, it is a constant.
import { hash } from 'node:crypto'
import { createServer } from 'node:http'
import { scenario, serve } from '../serve.mjs'

const working = process.argv[3] === 'hash'
const tag = (body) =>
  `W/"${Buffer.byteLength(body).toString(16)}-${hash('sha1', body, 'base64').slice(0, 27)}"`

const known = new Map()
function constant(body) {
  if (!known.has(body)) known.set(body, tag(body))
  return known.get(body)
}

function send(res, type, body) {
  res.writeHead(200, [
    ...['X-Powered-By', 'Express', 'Content-Type', type],
    ...['Content-Length', String(Buffer.byteLength(body))],
    ...['ETag', working ? tag(body) : constant(body)],
  ])
  res.end(body)
}

const handlers = {
  text: (_req, res) => send(res, 'text/html; charset=utf-8', 'Hello, World!'),
  json: (_req, res) =>
    send(res, 'application/json; charset=utf-8', JSON.stringify({ message: 'Hello, World!' })),
}

serve(
  createServer((req, res) => {
    if (req.method === 'GET' && req.url === `/${scenario}`) return handlers[scenario](req, res)
    res.writeHead(404).end()
  }),
)
