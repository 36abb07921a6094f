// One Express app for each scenario, made with whichever Express is given.
import { mkdirSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { article, fileText, items, pieces, ROUTES } from './texts.mjs'

const require = createRequire(import.meta.url)
const hello = (_req, res) => res.send('Hello, World!')

function routes(app, count) {
  for (let section = 0; section < count; section++) {
    app.get(`/section${section}/items/:id`, (req, res) => res.send(`${section}:${req.params.id}`))
  }
  app.use((_req, res) => res.status(404).send('nothing here'))
}

function nested(app, express) {
  const [first, second, third] = [1, 2, 3].map(() => express.Router({ mergeParams: true }))
  app.use('/a/:a', first)
  first.use('/b/:b', second)
  second.use('/c', third)
  third.get('/:c', (req, res) => res.json(req.params))
}

function stack(app, express) {
  app.use(require('helmet')())
  app.use(require('cors')())
  app.use(require('cookie-parser')())
  app.use(express.json())
  app.use(require('morgan')('combined', { stream: { write() {} } }))
  app.get('/json', (_req, res) => res.json({ message: 'Hello, World!' }))
}

function files(app, express) {
  const folder = join(tmpdir(), 'bustapi-bench-files')
  mkdirSync(folder, { recursive: true })
  for (const size of [1, 4, 250]) writeFileSync(join(folder, `file-${size}.txt`), fileText(size))
  app.use(express.static(folder))
}

function stream(app, length) {
  app.get('/stream', (_req, res) => {
    res.type('text')
    if (length) res.set('Content-Length', String(pieces.length * 4096))
    Readable.from(pieces).pipe(res)
  })
}

const scenarios = {
  text: (app) => app.get('/text', hello),
  json: (app) => app.get('/json', (_req, res) => res.json({ message: 'Hello, World!' })),
  param: (app) => app.get('/users/:id', (req, res) => res.json({ id: req.params.id })),
  'routes-1': (app) => routes(app, 1),
  'routes-first': (app) => routes(app, ROUTES),
  'routes-last': (app) => routes(app, ROUTES),
  'routes-missing': (app) => routes(app, ROUTES),
  'middleware-100'(app) {
    for (let count = 0; count < 100; count++) app.use((_req, _res, next) => next())
    app.get('/text', hello)
  },
  nested,
  stack,
  'post-json': (app, express) =>
    app.post('/echo', express.json(), (req, res) => res.json(req.body)),
  'post-form': (app, express) =>
    app.post('/echo', express.urlencoded({ extended: true }), (req, res) => res.json(req.body)),
  'static-1': files,
  'static-4': files,
  'static-250': files,
  render(app) {
    app.set('views', join(import.meta.dirname, 'views'))
    app.set('view engine', 'ejs')
    app.get('/page', (_req, res) => res.render('page', { items }))
  },
  gzip(app) {
    app.use(require('compression')())
    app.get('/article', (_req, res) => res.type('text').send(article))
  },
  'stream-length': (app) => stream(app, true),
  'stream-chunked': (app) => stream(app, false),
  async: (app) =>
    app.get('/async', async (_req, res) => {
      await null
      res.send('Hello, World!')
    }),
  missing: (app) => app.use((_req, res) => res.status(404).send('nothing here')),
  error(app) {
    app.get('/error', () => {
      throw new Error('broken')
    })
    app.use((error, _req, res, _next) => res.status(500).send(error.message))
  },
}

/** The scenario's app. */
export function makeApp(express, scenario) {
  const app = express()
  scenarios[scenario](app, express)
  return app
}
