import { FlaskClient, type FlaskClientOptions } from '../../src/index.ts'
import { clientIdentifier } from './identifier.ts'
import type { UserLike } from './types.ts'

/** Options of {@link FlaskLoginClient}. */
export interface FlaskLoginClientOptions extends FlaskClientOptions {
  /** Who is logged in from the start. */
  user?: UserLike | null
  /** Whether that login is fresh. Default true. */
  freshLogin?: boolean
}

/**
 * A test client that is logged in (Flask-Login's `FlaskLoginClient`).
 *
 * @example
 * app.testClientClass = FlaskLoginClient
 * const client = new FlaskLoginClient(app, { user })
 */
export class FlaskLoginClient extends FlaskClient {
  #login: (() => Promise<void>) | null = null

  constructor(
    app: ConstructorParameters<typeof FlaskClient>[0],
    options: FlaskLoginClientOptions = {},
  ) {
    super(app, options)
    const { user = null, freshLogin = true } = options
    if (user !== null) this.#login = () => this.#logIn(user, freshLogin)
  }

  #logIn(user: UserLike, fresh: boolean): Promise<void> {
    const { remoteAddr, HTTP_USER_AGENT: agent } = this.environBase
    return this.sessionTransaction((session) => {
      session.set('_user_id', user.getId())
      session.set('_fresh', fresh)
      session.set(
        '_id',
        clientIdentifier(remoteAddr ?? null, typeof agent === 'string' ? agent : null),
      )
    })
  }

  override async open(...args: Parameters<FlaskClient['open']>): ReturnType<FlaskClient['open']> {
    const login = this.#login
    this.#login = null
    await login?.()
    return super.open(...args)
  }
}
