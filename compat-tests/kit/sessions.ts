import type { BustAPI } from 'bustapi'
import { SecureCookieSessionInterface } from 'bustapi'
import type { Jar } from './client/jar.ts'
import type { Json } from './json.ts'
import { plainValue } from './typed-values.ts'

/** What the driver uses of the serializer that signs an app's sessions. */
interface SessionSerializer {
  dumps(value: unknown): string | Uint8Array
  loads(cookie: string, options?: object): unknown
}

function serializer(app: BustAPI): SessionSerializer {
  const { sessionInterface } = app
  if (!(sessionInterface instanceof SecureCookieSessionInterface)) {
    throw new TypeError('The app keeps its sessions elsewhere')
  }
  const found = sessionInterface.getSigningSerializer(app)
  if (found === null) throw new TypeError('The app has no secret key')
  return found as SessionSerializer
}

/** Verifies a session cookie with the app's own key. @throws when it is not valid */
export function verifySession(app: BustAPI, cookie: string): unknown {
  return serializer(app).loads(cookie)
}

/** `session_transaction`: merges values into the session cookie of the jar. */
export function mergeSession(app: BustAPI, jar: Jar, values: readonly [string, Json][]): void {
  const signing = serializer(app)
  const name = app.sessionInterface.getCookieName(app)
  const path = app.sessionInterface.getCookiePath(app)
  const cookie = jar.get(name, path)
  let session: Record<string, unknown> = {}
  try {
    if (cookie !== undefined) session = { ...(signing.loads(cookie) as Record<string, unknown>) }
  } catch {
    // A cookie that does not verify is no session, as for the app.
  }
  for (const [key, value] of values) session[key] = plainValue(value, 'session_transaction')
  jar.set(name, path, String(signing.dumps(session)))
}
