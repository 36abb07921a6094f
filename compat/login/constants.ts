/** Name of the remember cookie, unless `REMEMBER_COOKIE_NAME` says otherwise. */
export const COOKIE_NAME = 'remember_token'
/** How long the remember cookie lasts, in seconds, unless `REMEMBER_COOKIE_DURATION` says: a year. */
export const COOKIE_DURATION: number = 365 * 24 * 60 * 60
/** Whether the remember cookie is sent over HTTPS only, unless `REMEMBER_COOKIE_SECURE` says. */
export const COOKIE_SECURE = false
/** Whether scripts cannot read the remember cookie, unless `REMEMBER_COOKIE_HTTPONLY` says. */
export const COOKIE_HTTPONLY = true
/** SameSite of the remember cookie, unless `REMEMBER_COOKIE_SAMESITE` says. */
export const COOKIE_SAMESITE: string | null = null
/** What is flashed to who must log in. */
export const LOGIN_MESSAGE = 'Please log in to access this page.'
/** The category of {@link LOGIN_MESSAGE}. */
export const LOGIN_MESSAGE_CATEGORY = 'message'
/** What is flashed to who must log in anew. */
export const REFRESH_MESSAGE = 'Please reauthenticate to access this page.'
/** The category of {@link REFRESH_MESSAGE}. */
export const REFRESH_MESSAGE_CATEGORY = 'message'
/** The method of a user that gives its id. */
export const ID_ATTRIBUTE = 'getId'
/** Whether the page to go back to is kept in the session, unless the key of that name says. */
export const USE_SESSION_FOR_NEXT = false
/** What login keeps in the session; strong protection removes it. */
export const SESSION_KEYS: readonly string[] = [
  '_user_id',
  '_remember',
  '_remember_seconds',
  '_id',
  '_fresh',
  'next',
]
/** Methods that need no login: a CORS preflight carries no cookies. */
export const EXEMPT_METHODS: ReadonlySet<string> = new Set(['OPTIONS'])
