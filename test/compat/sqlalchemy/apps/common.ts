import { type BustAPI, HTTPException, request } from 'bustapi'
import { type SQLAlchemy, SQLAlchemyError, StaleDataError } from 'bustapi/sqlalchemy'

/** A rule of the app was broken. */
export class Refused extends Error {}

/** What `common.py` does: errors as JSON, the session rolled back. */
export function errorsAsJson(app: BustAPI, db: SQLAlchemy): void {
  app.errorhandler(HTTPException, (error) => [
    { error: error.name, description: error.description },
    error.code ?? 500,
  ])
  app.errorhandler(SQLAlchemyError, async (error) => {
    await db.session.rollback()
    return [{ error: error.constructor.name }, 409]
  })
  app.errorhandler(StaleDataError, async () => {
    await db.session.rollback()
    return [{ error: 'StaleDataError' }, 412]
  })
  app.errorhandler(Refused, async (error) => {
    await db.session.rollback()
    return [{ error: 'Refused', description: error.message }, 422]
  })
}

/** Runs `work` and counts the SELECTs meanwhile. */
export async function counting<T>(
  db: SQLAlchemy,
  work: () => Promise<T>,
): Promise<readonly [T, number]> {
  let count = 0
  const stop = db.engine.on('statement', ({ sql }) => {
    if (/^\s*(select|with)/i.test(sql)) count += 1
  })
  try {
    return [await work(), count]
  } finally {
    stop()
  }
}

/** The database of an app. SQLite looks at foreign keys only when told to, as the original is. */
export function configure(app: BustAPI, uri: string): void {
  app.config.SQLALCHEMY_DATABASE_URI = uri
  if (uri.startsWith('sqlite')) {
    app.config.SQLALCHEMY_ENGINE_OPTIONS = { connectArgs: { pragmas: { foreign_keys: 'ON' } } }
  }
}

/** The body of the request, of which these small apps know the shape. */
// biome-ignore lint/suspicious/noExplicitAny: as `request.get_json()` in Python
export async function json(): Promise<any> {
  return await request.getJson()
}
