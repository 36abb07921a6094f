import * as connect from '../../compat/connect/index.ts'
import * as cors from '../../compat/cors/index.ts'
import * as jwt from '../../compat/jwt/index.ts'
import * as login from '../../compat/login/index.ts'
import * as core from '../../src/core.ts'
import * as facade from '../../src/index.ts'
import * as testing from '../../src/testing/index.ts'
import { EXTENSION_KEYS } from './extension-keys.ts'
import { SQLALCHEMY, SQLALCHEMY_SAMPLES } from './sqlalchemy-samples.ts'

const {
  BustAPI,
  Blueprint,
  BlueprintSetupState,
  Headers,
  LanguageAccept,
  MIMEAccept,
  MultiDict,
  Rule,
  SecureCookieSession,
  SecureCookieSessionInterface,
  TaggedJSONSerializer,
  URLSafeTimedSerializer,
} = facade

const app: facade.BustAPI = new BustAPI('app')
app.secretKey = 'docs'
const blueprint: facade.Blueprint = new Blueprint('blueprint')
/** A configuration that has the extensions' keys too. */
const settings = new BustAPI('settings').config
for (const key of EXTENSION_KEYS) settings[key] ??= null

const requestContext = app.testRequestContext('/')

/**
 * What the names in MIGRATION.md's tables start with: `app.urlFor()` is the `urlFor` of `app`. A name
 * that is none of these is an export of one of the entries.
 */
export const SAMPLES: Readonly<Record<string, unknown>> = {
  app,
  appContext: app.appContext(),
  accept: new MIMEAccept(),
  anonymousUser: new login.AnonymousUserMixin(),
  authorization: new facade.Authorization('basic', {}),
  blueprint,
  builder: new testing.EnvironBuilder(app),
  client: app.testClient(),
  config: settings,
  contentRange: new facade.ContentRange('bytes', 0, 1, 2),
  converter: new facade.BaseConverter(app.urlMap),
  cookie: new testing.Cookie('localhost', '/', 'a=b'),
  cors: new cors.CORS(),
  csp: new facade.ContentSecurityPolicy(),
  environHeaders: requestContext.request.headers,
  error: new facade.NotFound(),
  etags: new facade.ETags(),
  file: new facade.FileStorage(),
  g: new facade.AppCtxGlobals(),
  headerSet: new facade.HeaderSet(),
  headers: new Headers(),
  ifRange: new facade.IfRange(),
  jwt: new jwt.JWTManager(),
  languages: new LanguageAccept(),
  loginManager: new login.LoginManager(),
  mapAdapter: app.urlMap.bind({ serverName: 'localhost' }),
  markup: new facade.Markup(''),
  methodView: facade.MethodView.prototype,
  multiDict: new MultiDict(),
  namespace: new facade.Namespace(),
  provider: app.json,
  range: new facade.Range('bytes', [[0, 1]]),
  request: requestContext.request,
  requestCacheControl: new facade.RequestCacheControl(),
  requestContext,
  response: new facade.Response(),
  responseCacheControl: new facade.ResponseCacheControl(),
  rule: new Rule('/'),
  runner: app.testCliRunner(),
  serializer: new URLSafeTimedSerializer('docs'),
  session: new SecureCookieSession(),
  sessionInterface: new SecureCookieSessionInterface(),
  signal: facade.requestStarted,
  signer: new facade.TimestampSigner('docs'),
  state: new BlueprintSetupState(blueprint, app, {}, true),
  tag: new TaggedJSONSerializer().order[0],
  taggedJson: new TaggedJSONSerializer(),
  testResponse: new testing.TestResponse(
    { status: 200, statusMessage: 'OK', rawHeaders: [], body: new Uint8Array() },
    () => requestContext.request,
    JSON.parse,
  ),
  user: Object.assign(new login.UserMixin(), { id: 1 }),
  userAgent: new facade.UserAgent(''),
  view: facade.View.prototype,
  wwwAuthenticate: new facade.WWWAuthenticate('basic'),
  ...SQLALCHEMY_SAMPLES,
}

/** The entries whose exports the tables may name, the front door first. */
export const ENTRY_EXPORTS: readonly Readonly<Record<string, unknown>>[] = [
  facade,
  testing,
  core,
  connect,
  login,
  cors,
  jwt,
  SQLALCHEMY,
]

/** The extensions' entries, by name. */
export const EXTENSIONS: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  login,
  cors,
  jwt,
  sqlalchemy: SQLALCHEMY,
}
