import { Fields } from '../fields.ts'
import type { Compiler } from '../handlers/compiler.ts'
import { camelKeys } from '../names.ts'
import { compileOptions } from '../typed-values.ts'
import { NO_RUN } from '../world.ts'
import { partOf } from './extension-parts.ts'

/** A user as the login extension sees one. */
export interface LoginUser {
  readonly isActive: boolean
  readonly isAuthenticated: boolean
  readonly isAnonymous: boolean
  getId(): string | null
}

/** What the driver uses of `bustapi/login`. */
export interface LoginPart {
  LoginManager: new () => {
    initApp(app: unknown): unknown
    userLoader(load: (id: string) => LoginUser | null): unknown
    requestLoader(
      load: (request: { headers: { get(name: string): string | null } }) => LoginUser | null,
    ): unknown
    unauthorizedHandler(handler: () => unknown): unknown
    needsRefreshHandler(handler: () => unknown): unknown
  }
  UserMixin: abstract new () => LoginUser
  currentUser: LoginUser
  loginUser(user: LoginUser, options: Record<string, unknown>): unknown
  logoutUser(): unknown
  confirmLogin(): unknown
  loginFresh(): boolean
  loginUrl(view: string, nextUrl?: string, nextField?: string): string
}

function makeUsers(fields: Fields, part: LoginPart): Map<string, LoginUser> {
  class User extends part.UserMixin {
    readonly id: string
    readonly #active: boolean

    constructor(id: string, active: boolean) {
      super()
      this.id = id
      this.#active = active
    }

    override get isActive(): boolean {
      return this.#active
    }
  }
  return new Map(
    fields.entries('users').map(([id, source]) => {
      const info = new Fields(source, `${fields.where}.users.${id}`)
      const active = info.flag('active') ?? true
      info.rest()
      return [id, new User(id, active)]
    }),
  )
}

/** `login`: a LoginManager with the users of the description. */
export function buildLogin(fields: Fields, compiler: Compiler): void {
  const { world } = compiler
  const part = partOf<LoginPart>(world, 'login')
  const users = makeUsers(fields, part)
  const manager = new part.LoginManager()
  manager.initApp(world.app)
  Object.assign(
    manager,
    camelKeys(compileOptions(fields.entries('settings'), 'extensions.login.settings')(NO_RUN)),
  )
  manager.userLoader((id) => users.get(id) ?? null)
  for (const name of ['unauthorized_handler', 'needs_refresh_handler'] as const) {
    const source = fields.take(name)
    if (source === undefined) continue
    const step = compiler.handler(source, `extensions.login.${name}`)
    const handler = (): unknown => step(NO_RUN)
    if (name === 'unauthorized_handler') manager.unauthorizedHandler(handler)
    else manager.needsRefreshHandler(handler)
  }
  const loader = fields.fields('request_loader')
  if (loader) {
    const header = loader.text('header') ?? loader.fail('no header')
    loader.done()
    manager.requestLoader((request) => users.get(request.headers.get(header) ?? '') ?? null)
  }
  fields.done()
  world.extensions.set('login', users)
}
