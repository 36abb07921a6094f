import { Namespace, type Signal } from '../../src/index.ts'

const signals = new Namespace()

/** A user logged in; sent with `user`. */
export const userLoggedIn: Signal = signals.signal('logged-in')
/** A user logged out; sent with `user`. */
export const userLoggedOut: Signal = signals.signal('logged-out')
/** A user was loaded from a remember cookie; sent with `user`. */
export const userLoadedFromCookie: Signal = signals.signal('loaded-from-cookie')
/** A user was loaded by the request loader; sent with `user`. */
export const userLoadedFromRequest: Signal = signals.signal('loaded-from-request')
/** A login was confirmed, which makes it fresh. */
export const userLoginConfirmed: Signal = signals.signal('login-confirmed')
/** Somebody who has not logged in was turned away. */
export const userUnauthorized: Signal = signals.signal('unauthorized')
/** Somebody whose login is not fresh was turned away. */
export const userNeedsRefresh: Signal = signals.signal('needs-refresh')
/** The user of a request is about to be found. */
export const userAccessed: Signal = signals.signal('accessed')
/** A session came from another client than the one it was made for. */
export const sessionProtected: Signal = signals.signal('session-protected')
