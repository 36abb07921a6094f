/**
 * `bustapi/login`: Flask-Login's API, with passport's strategies inside.
 *
 * Users sign in with `loginUser` or through `authenticate('strategy')`, and are one `currentUser`
 * either way. Sessions and remember cookies are Flask-Login's, so that a Flask app and a BustAPI app
 * with one `SECRET_KEY` share logins.
 *
 * Coming from passport: `deserializeUser` is `userLoader`, `serializeUser` is the user's `getId()`,
 * and neither `initialize()` nor `session()` is needed. Where passport's own middleware stays in front
 * of the app, `requestLoader(({ raw }) => raw.user)` shows its user.
 *
 * @module
 */
export * from './constants.ts'
export { currentUser } from './current-user.ts'
export { freshLoginRequired, loginRequired } from './guards.ts'
export { createIdentifier, sessionIdentifier } from './identifier.ts'
export { loadUser } from './load-user.ts'
export { LoginManager, type LoginManagerOptions, setLoginView } from './manager.ts'
export { AnonymousUserMixin, UserMixin, type UserMixinClass } from './mixins.ts'
export { isSafeUrl, type NextUrlOptions, nextUrl } from './next-url.ts'
export {
  type AuthenticateCallback,
  type AuthenticateStep,
  authenticate,
  type StrategyName,
} from './passport/authenticate.ts'
export type {
  AuthenticateOptions,
  PassportFlash,
  PassportLike,
  PassportMembers,
  PassportRequest,
  StrategyLike,
} from './passport/types.ts'
export { type CookieKey, decodeCookie, encodeCookie } from './remember-cookie.ts'
export {
  confirmLogin,
  type LoginOptions,
  loginFresh,
  loginRemembered,
  loginUser,
  logoutUser,
} from './sign-in.ts'
export * from './signals.ts'
export { FlaskLoginClient, type FlaskLoginClientOptions } from './test-client.ts'
// All of them, so that an app can add its user to CurrentUser under this module's name.
export * from './types.ts'
export { expandLoginView, loginUrl, makeNextParam } from './urls.ts'
