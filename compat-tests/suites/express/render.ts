import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { app, type ExpressSuite } from '../../kit/express/suite.ts'
import type { ExpressCase } from '../../kit/express/types.ts'

type App = ReturnType<Parameters<ExpressCase['app']>[0]>

/** A small engine: `$a.b` → the value of a.b. */
const engine = (
  path: string,
  options: object,
  callback: (error: unknown, text?: string) => void,
): void => {
  const text = readFileSync(path, 'utf8').replaceAll(/\$([\w.]+)/g, (_, name: string) =>
    String(
      name
        .split('.')
        .reduce<unknown>(
          (value, key) => (value as Record<string, unknown> | undefined)?.[key],
          options,
        ),
    ),
  )
  callback(null, text)
}

const views = (
  name: string,
  setUp: (made: App, log: (...values: unknown[]) => void) => void,
  requests: readonly string[] = ['/'],
): ExpressCase =>
  app(
    name,
    (made, { files, log }) => {
      made.engine('tmpl', engine).set('views', join(files, 'views')).set('view engine', 'tmpl')
      setUp(made, log)
    },
    requests,
    {
      scrub: [
        [/\/[^\s"']*\/kit\/express\/files/g, 'FILES'],
        [/(?<=Require stack:)(?:<br>- [^<]*?(?=<| \(stack\)))+/g, ''],
      ],
    },
  )

export const render: ExpressSuite = {
  name: 'render',
  cases: [
    views(
      'res.render',
      (made) =>
        made.get('/', (_req, res) => {
          res.render('page', { title: 'x' })
        }),
      ['/', 'HEAD /'],
    ),
    views('res.render with an extension', (made) =>
      made.get('/', (_req, res) => {
        res.render('page.tmpl', { title: 'x' })
      }),
    ),
    views('res.render of a folder', (made) =>
      made.get('/', (_req, res) => {
        res.render('sub', { title: 'x' })
      }),
    ),
    views(
      'locals of app, response and call',
      (made) => {
        made.locals.title = 'app'
        made.locals.end = '!'
        made.get('/app', (_req, res) => {
          res.render('page')
        })
        made.get('/res', (_req, res) => {
          res.locals.title = 'res'
          res.render('page')
        })
        made.get('/call', (_req, res) => {
          res.locals.title = 'res'
          res.render('page', { title: 'call' })
        })
      },
      ['/app', '/res', '/call'],
    ),
    views('res.render with a callback', (made) =>
      made.get('/', (_req, res) => {
        res.render('page', { title: 'x' }, (error, html) => {
          res.type('text').send(`${error} ${html}`)
        })
      }),
    ),
    views('res.render with a callback and no locals', (made) =>
      made.get('/', (_req, res) => {
        res.locals.title = 'y'
        res.render('page', (error: Error, html: string) => {
          res.send(`${error} ${html}`)
        })
      }),
    ),
    views('a missing view', (made) =>
      made.get('/', (_req, res) => {
        res.render('missing')
      }),
    ),
    views('a missing view with a callback', (made, log) =>
      made.get('/', (_req, res) => {
        res.render('missing', (error: Error) => {
          log(error.name, (error as unknown as { view: { name: string; root: string } }).view.name)
          res.end(error.message)
        })
      }),
    ),
    views('a missing view in several folders', (made) => {
      made.set('views', ['/nowhere', '/neither']).get('/', (_req, res) => {
        res.render('missing')
      })
    }),
    views(
      'several folders',
      (made) => {
        made
          .set('views', [join(made.get('views') as string, 'sub'), made.get('views')])
          .get('/', (_req, res) => {
            res.render('index', { title: 't' })
          })
          .get('/page', (_req, res) => {
            res.render('page', { title: 't' })
          })
      },
      ['/', '/page'],
    ),
    views('an engine that fails', (made) => {
      made
        .engine('tmpl', (_path, _options, callback) => callback(new Error('engine failed')))
        .get('/', (_req, res) => {
          res.render('page')
        })
    }),
    views('an engine that throws', (made) => {
      made
        .engine('tmpl', () => {
          throw new Error('engine threw')
        })
        .get('/', (_req, res) => {
          res.render('page')
        })
    }),
    views('an asynchronous engine', (made) => {
      made
        .engine('tmpl', (_path, _options, callback) => {
          setTimeout(() => callback(null, 'later'), 3)
        })
        .get('/', (_req, res) => {
          res.render('page')
        })
    }),
    views('an engine for html', (made) => {
      made.engine('.html', engine).get('/', (_req, res) => {
        res.render('other.html', { title: 'h' })
      })
    }),
    views('no engine and no extension', (made) => {
      made.set('view engine', undefined).get('/', (_req, res) => {
        res.render('page')
      })
    }),
    views('an extension without an engine module', (made) => {
      made.get('/', (_req, res) => {
        res.render('page.nosuchengine')
      })
    }),
    views('view engine with a dot', (made) => {
      made.set('view engine', '.tmpl').get('/', (_req, res) => {
        res.render('page', { title: 'd' })
      })
    }),
    views("a view of one's own class", (made) => {
      class View {
        name: string
        path = '/own'
        constructor(name: string, options: object) {
          this.name = `${name} ${Object.keys(options).sort().join(' ')}`
        }
        render(options: { title: string }, callback: (error: null, text: string) => void): void {
          callback(null, `${this.name} ${options.title}`)
        }
      }
      made.set('view', View).get('/', (_req, res) => {
        res.render('mine', { title: 'own' })
      })
    }),
    views(
      'the view cache',
      (made, log) => {
        let made1 = 0
        class View {
          path = '/own'
          constructor() {
            made1++
          }
          render(_options: object, callback: (error: null, text: string) => void): void {
            callback(null, `made ${made1}`)
          }
        }
        made
          .set('view', View)
          .get('/off', (_req, res) => {
            res.render('a')
          })
          .get('/cache', (_req, res) => {
            res.render('b', { cache: true })
          })
          .get('/on', (_req, res) => {
            made.enable('view cache')
            res.render('c')
          })
        log(Object.keys((made as unknown as { cache: object }).cache))
      },
      ['/off', '/off', '/cache', '/cache', '/on', '/on'],
    ),
    views('the options an engine gets', (made, log) => {
      made
        .engine('tmpl', (path, options, callback) => {
          log(
            path,
            Object.keys(options).sort(),
            Object.getPrototypeOf(options) === null,
            (options as { _locals: object })._locals,
          )
          callback(null, '')
        })
        .get('/', (_req, res) => {
          res.locals.a = 1
          res.render('page', { b: 2 })
        })
    }),
    views('render in a mounted app', (made) => {
      made.locals.title = 'parent'
      made.get('/', (_req, res) => {
        res.render('page')
      })
    }),
    views('path traversal in a view name', (made) =>
      made.get('/', (_req, res) => {
        res.render('../hello.txt')
      }),
    ),
    views('status and type with render', (made) =>
      made.get('/', (_req, res) => {
        res.status(201).type('text/x').render('page', { title: 's' })
      }),
    ),
    app(
      'a mounted app has its own views and inherits the engine',
      (made, { express, files }) => {
        made.engine('tmpl', engine).set('views', join(files, 'views')).set('view engine', 'tmpl')
        const child = express()
        child.set('views', join(files, 'views', 'sub'))
        made.use('/c', child)
        child.get('/', (_req, res) => {
          res.render('index', { title: 'child' })
        })
      },
      ['/c'],
    ),
    ...(['ejs', 'pug', 'hbs'] as const).map((name) =>
      app(`${name} by its extension`, (made, { files }) => {
        made.set('views', join(files, 'views')).get('/', (_req, res) => {
          res.render(`hello.${name}`, { title: 'a < b' })
        })
      }),
    ),
  ],
}
