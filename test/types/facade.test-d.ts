// Compile-time facts about the facade's types: this file is checked by tsc and never run.
import {
  Blueprint,
  BustAPI,
  g,
  type NotFound,
  type Response,
  request,
  session,
} from '../../src/index.ts'
import type { Equal, Expect } from './assert.ts'

const app = new BustAPI(import.meta.url)

// A view's argument has the type that the rule's text says, as a call …
app.get('/users/<int:user_id>', (args) => {
  type _ = Expect<Equal<typeof args, { user_id: number }>>
  return String(args.user_id + 1)
})
app.route('/files/<path:name>/<any(raw,html):form>', { methods: ['GET'] }, ({ name, form }) => {
  type _name = Expect<Equal<typeof name, string>>
  type _form = Expect<Equal<typeof form, 'raw' | 'html'>>
  return name + form
})
// … with defaults added …
app.get('/posts/', { defaults: { page: 1 } }, (args) => {
  type _ = Expect<Equal<typeof args.page, number>>
  return String(args.page)
})
// … and as a decorator.
class Site {
  @app.get('/items/<float:price>')
  static item({ price }: { price: number }): string {
    return price.toFixed(2)
  }

  // @ts-expect-error a variable that the rule makes a number is no string
  @app.get('/wrong/<int:id>')
  static wrong({ id }: { id: string }): string {
    return id
  }
}
void Site

// @ts-expect-error the rule has no such variable
app.get('/users/<int:user_id>', ({ id }) => String(id))

// @ts-expect-error the variable is a number
app.get('/users/<int:user_id>', ({ user_id }: { user_id: string }) => user_id)

// A blueprint's view may name the variables of the prefix, which its own rule does not show.
const blueprint = new Blueprint('lang', import.meta.url, { urlPrefix: '/<lang>' })
blueprint.get('/about/<int:id>', ({ lang, id }: { lang: string; id: number }) => lang + id)

// Error handlers get the class that they are registered for.
class Broken extends Error {
  readonly part = 'wheel'
}
app.errorhandler(Broken, (error) => error.part)
app.errorhandler(404, (error: NotFound) => String(error.code))

// Hooks return what they get, so that they can be used further.
const before = app.beforeRequest(async () => undefined)
type _before = Expect<Equal<typeof before, () => Promise<undefined>>>
app.afterRequest((response: Response) => response)
// @ts-expect-error an after hook must return a response
app.afterRequest(() => 'text')

// What is read of a request has a type.
export function reads(): void {
  type _path = Expect<Equal<typeof request.path, string>>
  const page = request.args.get('page', 1, Number)
  type _page = Expect<Equal<typeof page, number>>
  const missing = request.args.get('q')
  type _missing = Expect<Equal<typeof missing, string | null>>
  const name = request.form.getItem('name')
  type _name = Expect<Equal<typeof name, string>>
  g.anything = 1
  session.user_id = 1
  session.set('user_id', 2)
}

// Options that do not exist are refused.
// @ts-expect-error the option is called urlPrefix
app.registerBlueprint(blueprint, { url_prefix: '/x' })
// @ts-expect-error the option is called strictSlashes
app.get('/x', { strict_slashes: false }, () => '')
