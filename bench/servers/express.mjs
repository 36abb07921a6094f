// Express 5 with its own defaults: ETag and X-Powered-By are on, as they are in most apps.
import { createServer } from 'node:http'
import express from 'express'
import jsonwebtoken from 'jsonwebtoken'
import { scenario, secret, sections, serve } from './serve.mjs'

const app = express()

if (scenario === 'text') app.get('/text', (_req, res) => res.send('Hello, World!'))
if (scenario === 'json') {
  app.get('/json', (req, res) => res.json({ message: 'Hello, World!', path: req.path }))
}
if (scenario === 'hooks') {
  app.use((req, _res, next) => {
    req.user = 'ann'
    next()
  })
  app.use((req, res, next) => {
    res.set('X-User', req.user)
    next()
  })
  app.get('/users/:id', (req, res, next) => {
    if (!/^\d+$/.test(req.params.id)) return next()
    res.json({ id: Number(req.params.id), user: req.user })
  })
}
if (scenario === 'post') app.post('/echo', express.json(), (req, res) => res.json(req.body))
if (scenario === 'jwt') {
  app.get('/me', (req, res) => {
    const { authorization = '' } = req.headers
    if (!authorization.startsWith('Bearer ')) return res.status(401).json({ msg: 'no token' })
    try {
      const claims = jsonwebtoken.verify(authorization.slice(7), secret, { algorithms: ['HS256'] })
      if (claims.type !== 'access') return res.status(422).json({ msg: 'wrong token' })
      res.json({ id: claims.sub })
    } catch (error) {
      res.status(401).json({ msg: error.message })
    }
  })
}
if (scenario.startsWith('routes')) {
  for (const section of sections) {
    app.get(`/section${section}/items/:id`, (req, res) => res.send(`${section}:${req.params.id}`))
  }
}

serve(createServer(app))
