// Bare node:http doing what the others do by hand: the same paths, the same headers, the same bodies.
import { createServer } from 'node:http'
import jsonwebtoken from 'jsonwebtoken'
import { scenario, secret, sections, serve } from './serve.mjs'

const TEXT = 'text/html; charset=utf-8'
const JSON_TYPE = 'application/json'

function send(res, type, body) {
  res.writeHead(200, ['Content-Type', type, 'Content-Length', String(Buffer.byteLength(body))])
  res.end(body)
}

function missing(res) {
  res.writeHead(404).end()
}

const pathOf = (url) => {
  const at = url.indexOf('?')
  return at < 0 ? url : url.slice(0, at)
}

function echo(req, res) {
  const chunks = []
  req.on('data', (chunk) => chunks.push(chunk))
  req.on('end', () => {
    const body = chunks.length === 1 ? chunks[0] : Buffer.concat(chunks)
    send(res, JSON_TYPE, JSON.stringify(JSON.parse(body.toString())))
  })
}

const USER = /^\/users\/(\d+)$/
function user(req, res) {
  const match = USER.exec(pathOf(req.url))
  if (match === null) return missing(res)
  const context = { user: 'ann' }
  const body = JSON.stringify({ id: Number(match[1]), user: context.user })
  res.writeHead(200, [
    ...['Content-Type', JSON_TYPE, 'Content-Length', String(Buffer.byteLength(body))],
    ...['X-User', context.user],
  ])
  res.end(body)
}

const known = new Set(sections.map((section) => `section${section}`))
function item(req, res) {
  const [, section, items, id] = pathOf(req.url).split('/')
  if (!known.has(section) || items !== 'items' || id === undefined) return missing(res)
  send(res, TEXT, `${section.slice(7)}:${id}`)
}

function me(req, res) {
  const { authorization = '' } = req.headers
  try {
    const claims = jsonwebtoken.verify(authorization.slice(7), secret, { algorithms: ['HS256'] })
    send(res, JSON_TYPE, JSON.stringify({ id: claims.sub }))
  } catch {
    res.writeHead(401).end()
  }
}

const handlers = {
  text: (req, res) =>
    pathOf(req.url) === '/text' ? send(res, TEXT, 'Hello, World!') : missing(res),
  json: (req, res) => {
    const path = pathOf(req.url)
    if (path !== '/json') return missing(res)
    send(res, JSON_TYPE, JSON.stringify({ message: 'Hello, World!', path }))
  },
  hooks: user,
  jwt: me,
  post: (req, res) =>
    req.method === 'POST' && req.url === '/echo' ? echo(req, res) : missing(res),
  'routes-1': item,
  'routes-1000': item,
}

serve(createServer(handlers[scenario]))
