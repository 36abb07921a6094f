import { AsyncResource } from 'node:async_hooks'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { getRequestContext, type MaybePromise, type RequestContext } from '../../../src/core.ts'
import {
  abort,
  flash,
  type Request,
  type ResponseReturnValue,
  redirect,
  Unauthorized,
} from '../../../src/index.ts'
import type { LoginManager } from '../manager.ts'
import { managerOf } from '../manager-of.ts'
import { isSafeUrl, nextUrl } from '../next-url.ts'
import type { Guarded } from '../types.ts'
import { wrapView } from '../wrap-view.ts'
import { Answer } from './answer.ts'
import { addMembers, bindMembers, InactiveUser } from './request-members.ts'
import type { AuthenticateOptions, StrategyLike } from './types.ts'

/** A strategy's name, several of them in order, or a strategy itself. */
export type StrategyName = string | readonly string[] | StrategyLike

/**
 * Decides in place of the options what an outcome leads to: passport's `(err, user, info, status)`.
 * `user` is false when the login was refused. What it returns is the response; with null or
 * undefined, the view runs. Log the user in with `loginUser` yourself.
 */
export type AuthenticateCallback = (
  error: unknown,
  user: unknown,
  info: unknown,
  status: unknown,
) => MaybePromise<ResponseReturnValue>

/** A step before a view: wraps the view, decorates a method, or is a `beforeRequest` hook itself. */
export interface AuthenticateStep {
  <V extends Guarded>(view: V, context?: ClassMethodDecoratorContext): V
  (): Promise<ResponseReturnValue>
}

/**
 * Has passport strategies decide who a request is from, before a view (passport's `authenticate`).
 *
 * - success: logs in as `loginUser` does, in a renewed session; then the redirect or the view;
 * - failure: the redirect, else a 401 with the strategies' challenges, for error handlers as well;
 * - redirect: the strategy's, to a page of a provider say, after the app's hooks;
 * - pass: the view, with nobody logged in;
 * - error: raised as if the view had.
 *
 * @example
 * app.post('/login', authenticate('local', { failureRedirect: '/login' })(() => redirect('/')))
 * api.beforeRequest(authenticate('bearer', { session: false }))
 */
export function authenticate(
  name: StrategyName,
  options: AuthenticateOptions = {},
  callback?: AuthenticateCallback,
): AuthenticateStep {
  return makeStep(({ app }) => managerOf(app), name, options, callback)
}

/** The step that runs the strategies of the manager that `find` gives. */
export function makeStep(
  find: (context: RequestContext) => LoginManager,
  name: StrategyName,
  options: AuthenticateOptions,
  callback: AuthenticateCallback | null = null,
): AuthenticateStep {
  const step = (): Promise<ResponseReturnValue> => {
    const context = getRequestContext()
    return run(find(context), context, name, options, callback)
  }
  return ((view?: Guarded) => {
    if (view === undefined) return step()
    return wrapView(view, async (proceed) => (await step()) ?? (await proceed()))
  }) as AuthenticateStep
}

async function run(
  { passport }: LoginManager,
  context: RequestContext,
  name: StrategyName,
  options: AuthenticateOptions,
  callback: AuthenticateCallback | null,
): Promise<ResponseReturnValue> {
  const { raw } = context.request
  const resource = new AsyncResource('bustapi.login')
  addMembers(context)
  addParsed(context.request)
  bindMembers(raw, resource)
  const settings = effective(options, context)
  try {
    return await new Promise<ResponseReturnValue>((resolve, reject) => {
      const answer = new Answer(() => resolve(answer))
      // As in Express: strategies that send a page of their own find the response here.
      Object.assign(raw, { res: answer })
      const decide =
        callback === null
          ? undefined
          : (...outcome: unknown[]): void =>
              resource.runInAsyncScope(() => {
                const [error, user, info, status] = outcome
                Promise.resolve()
                  .then(() => callback(error, user, info, status))
                  .then(resolve, reject)
              })
      const handler = passport.authenticate(name, settings, decide)
      handler(raw, answer as unknown as ServerResponse, (error?: unknown) => {
        if (error === undefined || error === null) resolve(undefined)
        else reject(error)
      })
    }).then((result) => (result instanceof Answer ? answerOf(result) : result))
  } catch (error) {
    return refused(error, options)
  }
}

/** What a refusal without a redirect becomes: an HTTP error, which error handlers see. */
function answerOf(answer: Answer): ResponseReturnValue {
  const challenges = answer.refusal
  if (challenges === null) return answer.toResponse()
  if (answer.statusCode !== 401) return abort(answer.statusCode)
  throw new Unauthorized(null, { wwwAuthenticate: challenges.length === 0 ? null : challenges })
}

/** A user who is not active is refused like one whom the strategy refused. */
function refused(error: unknown, options: AuthenticateOptions): ResponseReturnValue {
  const { failureRedirect, failureFlash } = options
  const inactive = error instanceof InactiveUser
  if (inactive && typeof failureFlash === 'string') flash(failureFlash, 'error')
  if (inactive && failureRedirect !== undefined) return redirect(failureRedirect)
  if ((error as Error | null)?.name === 'AuthenticationError') {
    const { status } = error as { readonly status?: number }
    return abort(status ?? 401)
  }
  throw error
}

/** The options with the page to go back to, which must be one of this app's host. */
function effective(options: AuthenticateOptions, context: RequestContext): AuthenticateOptions {
  const { successReturnToOrRedirect: fallback } = options
  if (fallback === undefined) return { ...options }
  const { session } = context
  const asked = session.get('returnTo')
  if (asked !== null) session.pop('returnTo')
  const target = isSafeUrl(asked) ? asked : nextUrl(fallback)
  return { ...options, successReturnToOrRedirect: target }
}

type Parsed = IncomingMessage & { body?: unknown; query?: unknown }

/** Strategies look for their fields in `body` and `query`, as Express parses them. */
function addParsed(request: Request): void {
  const raw = request.raw as Parsed
  raw.query ??= plain(request.args.lists())
  if (raw.body !== undefined) return
  const { mimetype } = request
  if (mimetype.endsWith('json')) raw.body = request.getJson({ silent: true }) ?? undefined
  else if (mimetype !== '') raw.body = plain(request.form.lists())
}

function plain(lists: Iterable<[string, string[]]>): Record<string, unknown> {
  const values: Record<string, unknown> = Object.create(null)
  for (const [name, list] of lists) values[name] = list.length === 1 ? list[0] : list
  return values
}
