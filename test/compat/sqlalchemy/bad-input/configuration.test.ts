import { BustAPI } from 'bustapi'
import { ArgumentError, NoSuchModuleError, OperationalError, SQLAlchemy } from 'bustapi/sqlalchemy'
import { describe, expect, it } from 'vitest'

const appOn = (uri: unknown): BustAPI => {
  const app = new BustAPI('configured')
  app.config.SQLALCHEMY_DATABASE_URI = uri
  return app
}

describe('a configuration that cannot be right', () => {
  it.each([
    ['', /Could not parse/],
    ['not a uri', /Could not parse/],
    ['postgresql://u:secret@host:port/x', /port|Could not parse/],
  ])('the URI %o is an ArgumentError', (uri, message) => {
    expect(() => new SQLAlchemy(appOn(uri))).toThrow(ArgumentError)
    expect(() => new SQLAlchemy(appOn(uri))).toThrow(message)
  })

  it('an unknown database is named', () => {
    expect(() => new SQLAlchemy(appOn('nosuch://host/x'))).toThrow(NoSuchModuleError)
    expect(() => new SQLAlchemy(appOn('nosuch://host/x'))).toThrow(/nosuch/)
  })

  it('no URI at all says which keys are looked at', () => {
    expect(() => new SQLAlchemy(appOn(null))).toThrow(
      "Either 'SQLALCHEMY_DATABASE_URI' or 'SQLALCHEMY_BINDS' must be set.",
    )
  })

  it('an unreachable server is an OperationalError that keeps the password to itself', async () => {
    const app = appOn('postgresql://somebody:hushhush@127.0.0.1:1/nowhere')
    const db = new SQLAlchemy(app)
    const error = await app
      .appContext()
      .run(() => db.session.execute(db.text('SELECT 1')).all())
      .catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(OperationalError)
    expect(String(error)).not.toContain('hushhush')
  })

  it('a second extension object on an app is refused', () => {
    const app = appOn('sqlite://')
    new SQLAlchemy(app)
    expect(() => new SQLAlchemy(app)).toThrow(
      "A 'SQLAlchemy' instance has already been registered on this Flask app. Import and use that instance instead.",
    )
  })

  it('work outside of an app context says what to do', () => {
    const db = new SQLAlchemy()
    expect(() => db.session.new).toThrow(/Working outside of application context/)
  })

  it('an app that was not initialised is told so', async () => {
    const db = new SQLAlchemy()
    const app = appOn('sqlite://')
    expect(() => app.appContext().run(() => db.engine)).toThrow(
      /The current Flask app is not registered with this 'SQLAlchemy' instance/,
    )
  })
})
