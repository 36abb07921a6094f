import { describe, expect, it } from 'vitest'
import {
  AppContext,
  AppCtxGlobals,
  appCtx,
  BadRequest,
  Blueprint,
  BuildError,
  BustAPI,
  ContentSecurityPolicy,
  DEFAULT_CONFIG,
  getTemplateAttribute,
  HMACAlgorithm,
  JSONDecodeError,
  json,
  MapAdapter,
  NotFound,
  Range,
  RequestContext,
  Rule,
  RuntimeError,
  requestCtx,
  Signal,
  streamTemplate,
  streamTemplateString,
  TaggedJSONSerializer,
  TimestampSigner,
  tuple,
  URLSafeTimedSerializer,
} from '../../src/index.ts'
import { Cookie, EnvironBuilder, FlaskClient, FlaskCliRunner } from '../../src/testing/index.ts'

// Public names that applications seldom touch, and that no scenario of the corpus goes through.
// The expected values are Flask's.

const NAMES = [
  'importName',
  'name',
  'rootPath',
  'hasStaticFolder',
  'staticFolder',
  'staticUrlPath',
  'templateFolder',
  'instancePath',
  'subdomainMatching',
  'permanentSessionLifetime',
] as const

const makeApp = (): BustAPI => Object.assign(new BustAPI('app'), { secretKey: 'k' })

describe('an app', () => {
  it('has the names and folders that Flask derives', () => {
    const app = new BustAPI('app', { rootPath: '/srv' })
    // A plain object: an app is a function, which no object pattern matches.
    expect(Object.fromEntries(NAMES.map((name) => [name, app[name]]))).toEqual({
      importName: 'app',
      name: 'app',
      rootPath: '/srv',
      hasStaticFolder: true,
      staticFolder: '/srv/static',
      staticUrlPath: '/static',
      templateFolder: 'templates',
      instancePath: '/srv/instance',
      subdomainMatching: false,
      permanentSessionLifetime: DEFAULT_CONFIG.PERMANENT_SESSION_LIFETIME,
    })
    expect(app.jinjaLoader).not.toBeNull()
    expect(app.getSendFileMaxAge('a.txt')).toBeNull()
    expect(app.selectJinjaAutoescape('a.html')).toBe(true)
    expect(app.selectJinjaAutoescape('a.txt')).toBe(false)
  })

  it('keeps hooks in registries by blueprint, null being the app', () => {
    const app = makeApp()
    const f = (): undefined => undefined
    app.beforeRequest(f)
    app.teardownRequest(f)
    app.teardownAppcontext(f)
    app.urlDefaults(f)
    app.urlValuePreprocessor(f)
    const after = app.afterRequest((response) => response)
    const processor = app.contextProcessor(() => ({}))
    const shell = app.shellContextProcessor(() => ({ x: 1 }))
    const notFound = app.errorhandler(404, () => 'none')
    expect(app.beforeRequestFuncs.get(null)).toEqual([f])
    expect(app.teardownRequestFuncs.get(null)).toEqual([f])
    expect(app.teardownAppcontextFuncs).toEqual([f])
    expect(app.urlDefaultFunctions.get(null)).toEqual([f])
    expect(app.urlValuePreprocessors.get(null)).toEqual([f])
    expect(app.afterRequestFuncs.get(null)).toEqual([after])
    expect(app.templateContextProcessors.get(null)).toEqual([processor])
    expect(app.shellContextProcessors).toEqual([shell])
    expect(app.makeShellContext()).toMatchObject({ app, x: 1 })
    expect(app.errorHandlerSpec.get(null)?.get(404)?.get(NotFound)).toBe(notFound)
  })

  it('lets its classes be replaced', async () => {
    const app = makeApp()
    class Client extends FlaskClient {}
    class Runner extends FlaskCliRunner {}
    class Globals extends app.appCtxGlobalsClass {}
    class MyRequest extends app.requestClass {}
    class MyResponse extends app.responseClass {}
    class MyRule extends Rule {}
    app.testClientClass = Client
    app.testCliRunnerClass = Runner
    app.appCtxGlobalsClass = Globals
    app.requestClass = MyRequest
    app.responseClass = MyResponse
    app.urlRuleClass = MyRule
    app.get('/', () => 'x')
    expect(app.testClient()).toBeInstanceOf(Client)
    expect(app.testCliRunner()).toBeInstanceOf(Runner)
    expect(app.appContext().g).toBeInstanceOf(Globals)
    expect(app.testRequestContext('/').request).toBeInstanceOf(MyRequest)
    expect(app.makeResponse('x')).toBeInstanceOf(MyResponse)
    expect([...app.urlMap.iterRules()].at(-1)).toBeInstanceOf(MyRule)
    expect(() => app.aborter.abort(404)).toThrow(NotFound)
  })

  it('asks its handlers for a URL that cannot be built', () => {
    const app = makeApp()
    app.config.SERVER_NAME = 'localhost'
    app.urlBuildErrorHandlers.push((_error, endpoint) => `/mended/${endpoint}`)
    expect(app.createUrlAdapter(null)?.serverName).toBe('localhost')
    expect(app.appContext().run(() => app.urlFor('gone'))).toBe('/mended/gone')
  })

  it('takes filters, tests and globals of templates, also from blueprints', () => {
    const app = makeApp()
    const blueprint = new Blueprint('b')
    app.templateFilter((s: string) => s.repeat(2), 'twice')
    app.templateTest((n: number) => n === 1, 'one')
    app.templateGlobal(() => 'G', 'glob')
    blueprint.appTemplateFilter((s: string) => `${s}!`, 'loud')
    blueprint.appTemplateTest((n: number) => n === 2, 'two')
    blueprint.appTemplateGlobal(() => 'B', 'fromBlueprint')
    app.registerBlueprint(blueprint)
    const source =
      "{{ 'a'|twice|loud }} {{ 1 is one }} {{ 2 is two }} {{ glob() }}{{ fromBlueprint() }}"
    app.appContext().run(() => {
      expect([...{ [Symbol.iterator]: () => streamTemplateString(source) }].join('')).toBe(
        'aa! True True GB',
      )
    })
  })

  it('gives the variables that a template gets besides its own', () => {
    const app = makeApp()
    app.contextProcessor(() => ({ a: 1, b: 2 }))
    const given = { b: 3 }
    app.testRequestContext('/').run(() => {
      expect(app.updateTemplateContext(given)).toMatchObject({ a: 1, b: 3 })
    })
    expect(given).toEqual({ b: 3 })
  })

  it('gives its contexts by name', () => {
    const app = makeApp()
    const context = app.testRequestContext('/x')
    context.run(() => {
      expect(requestCtx.request.path).toBe('/x')
      expect(appCtx.app).toBe(app)
    })
    expect(() => appCtx.app).toThrow(RuntimeError)
    expect(() => requestCtx.request).toThrow(RuntimeError)
  })

  it('writes JSON to streams and reads it from them', () => {
    let text = ''
    json.dump({ b: 1, a: [null] }, { write: (part) => (text += part) })
    expect(text).toBe('{"b": 1, "a": [null]}')
    expect(json.load({ read: () => text })).toEqual({ b: 1, a: [null] })
    expect(() => json.load({ read: () => '{' })).toThrow(JSONDecodeError)
  })

  it('gives a template’s macro by name', () => {
    const app = makeApp()
    app.jinjaEnv.loader = {
      getSource: (name) =>
        name === 'm.html'
          ? { source: '{% macro hi(who) %}hi {{ who }}{% endmacro %}', filename: null }
          : null,
    }
    app.appContext().run(() => {
      const hi = getTemplateAttribute('m.html', 'hi') as (who: string) => unknown
      expect(String(hi('you'))).toBe('hi you')
      expect(app.jinjaEnv.getTemplate('m.html')).toBe(app.jinjaEnv.getOrSelectTemplate(['m.html']))
      expect(app.jinjaEnv.selectTemplate(['none', 'm.html']).name).toBe('m.html')
    })
  })
})

describe('a blueprint', () => {
  it('has its registries, and tells recorded functions about the registration', () => {
    const blueprint = new Blueprint('b', 'b', {
      rootPath: '/srv',
      staticFolder: 'assets',
      urlDefaults: { lang: 'en' },
      cliGroup: 'group',
    })
    expect(blueprint).toMatchObject({
      importName: 'b',
      hasStaticFolder: true,
      staticFolder: '/srv/assets',
      staticUrlPath: '/assets',
      urlValuesDefaults: { lang: 'en' },
      cliGroup: 'group',
      jinjaLoader: null,
    })
    const f = (): undefined => undefined
    blueprint.beforeRequest(f)
    blueprint.teardownRequest(f)
    blueprint.urlDefaults(f)
    blueprint.urlValuePreprocessor(f)
    const after = blueprint.afterRequest((response) => response)
    const processor = blueprint.contextProcessor(() => ({}))
    const handler = blueprint.errorhandler(404, () => 'none')
    const seen: unknown[] = []
    blueprint.record(({ name, namePrefix, urlPrefix, firstRegistration }) => {
      seen.push([name, namePrefix, urlPrefix, firstRegistration])
    })
    blueprint.recordOnce(({ name }) => seen.push(name))
    const outer = new Blueprint('outer', 'outer', { urlPrefix: '/o' })
    outer.registerBlueprint(blueprint, { urlPrefix: '/i' })
    const app = makeApp()
    app.registerBlueprint(outer)
    app.registerBlueprint(blueprint, { name: 'again' })
    expect(seen).toEqual([['b', 'outer', '/o/i', true], 'b', ['again', '', null, false]])
    expect([...app.iterBlueprints()]).toEqual([outer, blueprint, blueprint])
    expect(app.beforeRequestFuncs.get('outer.b')).toEqual(blueprint.beforeRequestFuncs.get(null))
    expect(app.teardownRequestFuncs.get('again')).toEqual([f])
    expect(blueprint.teardownRequestFuncs.get(null)).toEqual([f])
    expect(blueprint.urlDefaultFunctions.get(null)).toEqual([f])
    expect(blueprint.urlValuePreprocessors.get(null)).toEqual([f])
    expect(blueprint.afterRequestFuncs.get(null)).toEqual([after])
    expect(blueprint.templateContextProcessors.get(null)).toEqual([processor])
    expect(blueprint.errorHandlerSpec.get(null)?.get(404)?.get(NotFound)).toBe(handler)
    expect(blueprint.getSendFileMaxAge('a.txt')).toBeNull()
  })

  it('has every method’s shortcut, and app-wide URL functions', async () => {
    const app = makeApp()
    const blueprint = new Blueprint('b')
    blueprint.put('/<lang>', ({ lang }) => `put ${lang}`)
    blueprint.patch('/<lang>', ({ lang }) => `patch ${lang}`)
    blueprint.delete('/<lang>', ({ lang }) => `delete ${lang}`)
    blueprint.appUrlDefaults((_endpoint, values) => {
      values.lang ??= 'en'
    })
    blueprint.appUrlValuePreprocessor((_endpoint, values) => {
      if (values !== null) values.lang = String(values.lang).toUpperCase()
    })
    blueprint.get('/<lang>', { endpoint: 'url' }, () => app.urlFor('b.url', {}))
    blueprint.register(app, {})
    const client = app.testClient()
    expect(client.application).toBe(app)
    expect(client.allowSubdomainRedirects).toBe(false)
    expect(client.environBase.remoteAddr).toBe('127.0.0.1')
    expect((await client.put('/de')).text).toBe('put DE')
    expect((await client.patch('/de')).text).toBe('patch DE')
    expect((await client.delete('/de')).text).toBe('delete DE')
    expect((await client.get('/de')).text).toBe('/en')
  })
})

describe('resources', () => {
  it('of a blueprint are below its own root', async () => {
    const blueprint = new Blueprint('b', 'b', { rootPath: import.meta.dirname })
    const file = await blueprint.openResource('markdown.ts')
    expect(await file.readFile('utf8')).toContain('tableRows')
    await file.close()
    await expect(blueprint.openResource('none')).rejects.toThrow('ENOENT')
  })
})

describe('a request’s headers', () => {
  it('refuse to be cleared', () => {
    const { headers } = makeApp().testRequestContext('/').request
    expect(() => headers.clear()).toThrow(TypeError)
  })
})

describe('contexts', () => {
  it('know the request, its URL adapter and its flashes', () => {
    const app = makeApp()
    const context = app.testRequestContext('/none')
    context.run(() => {
      expect(context.request.routingException).toBeInstanceOf(NotFound)
      expect(context.request.trustedHosts).toBeNull()
      expect(context.request.wantFormDataParsed).toBe(false)
      expect(context.flashes).toBeNull()
      expect(context.urlAdapter.getHost(null)).toBe('localhost')
      expect(context.copy().request).toBe(context.request)
    })
    expect(app.appContext().urlAdapter).toBeNull()
    const unmatched = app.testRequestContext('/none')
    unmatched.matchRequest()
    expect(unmatched.request.routingException?.code).toBe(404)
  })

  it('let a request class answer JSON that cannot be read', async () => {
    const app = makeApp()
    class Lenient extends app.requestClass {
      override onJsonLoadingFailed(): unknown {
        return 'lenient'
      }
    }
    app.requestClass = Lenient
    const context = app.testRequestContext('/', {
      method: 'POST',
      data: '{',
      contentType: 'application/json',
    })
    expect(await context.run(async () => context.request.json)).toBe('lenient')
  })
})

describe('responses and sessions', () => {
  it('have Flask’s defaults', () => {
    const { responseClass } = makeApp()
    expect(responseClass.defaultMimetype).toBe('text/html')
    expect(responseClass.defaultStatus).toBe(200)
    expect(new responseClass('x')).toMatchObject({
      automaticallySetContentLength: true,
      directPassthrough: false,
      maxCookieSize: 4093,
    })
  })

  it('take the cookie’s attributes from the configuration', () => {
    const app = makeApp()
    const { sessionInterface } = app
    expect(sessionInterface.getCookieDomain(app)).toBeNull()
    expect(sessionInterface.getCookieHttponly(app)).toBe(true)
    expect(sessionInterface.getCookiePartitioned(app)).toBe(false)
    expect(sessionInterface.getCookieSamesite(app)).toBeNull()
    expect(sessionInterface.getCookieSecure(app)).toBe(false)
    const empty = sessionInterface.makeNullSession(app)
    expect(empty).toBeInstanceOf(sessionInterface.nullSessionClass)
    expect(sessionInterface.shouldSetCookie(app, Object.assign(empty, { modified: false }))).toBe(
      false,
    )
    expect(sessionInterface).toMatchObject({ keyDerivation: 'hmac', salt: 'cookie-session' })
    const { sessionClass, serializer } = sessionInterface as unknown as {
      sessionClass: new (initial: object) => { get(name: string): unknown }
      serializer: TaggedJSONSerializer
    }
    expect(new sessionClass({ a: 1 }).get('a')).toBe(1)
    expect(serializer.loads(serializer.dumps({ a: 1 }))).toEqual({ a: 1 })
  })

  it('tag values as Flask does', () => {
    const tagged = new TaggedJSONSerializer()
    expect(tagged.order.map(({ key }) => key)).toEqual([
      ' di',
      '',
      ' t',
      '',
      ' b',
      ' m',
      ' u',
      ' d',
    ])
    expect([...tagged.tags.keys()]).toEqual([' di', ' t', ' b', ' m', ' u', ' d'])
    expect(TaggedJSONSerializer.defaultTags).toHaveLength(8)
    const value = tuple(1, 2)
    expect(tagged.untag(tagged.tag(value) as Record<string, unknown>)).toEqual(value)
    const tag = tagged.order[2]
    expect(tag?.check(value)).toBe(true)
    expect(tag?.toPython(tag.toJson(value))).toEqual(value)
    expect(tag?.tag(value)).toEqual({ ' t': [1, 2] })
  })

  it('sign as itsdangerous does', () => {
    const signer = new TimestampSigner('k')
    // itsdangerous.TimestampSigner('k').derive_key().hex()
    expect(Buffer.from(signer.deriveKey()).toString('hex')).toBe(
      '824b3246c71f73216f03c1ba181320b84cfbaa6e',
    )
    expect(signer.timestampToDatetime(signer.getTimestamp()).getTime() % 1000).toBe(0)
    const serializer = new URLSafeTimedSerializer('k')
    const payload = serializer.dumpPayload({ a: 1 })
    expect(String(payload)).toBe('eyJhIjoxfQ')
    expect(serializer.loadPayload(payload)).toEqual({ a: 1 })
    expect([...serializer.iterUnsigners()]).toHaveLength(1)
    expect(serializer.makeSigner('salt')).toBeInstanceOf(TimestampSigner)
  })
})

describe('routing', () => {
  it('describes rules and adapters as Werkzeug does', () => {
    const { urlMap } = makeApp()
    const rule = new Rule('/a/<int:x>/', { endpoint: 'e', defaults: { y: 1 }, methods: ['GET'] })
    urlMap.add(rule)
    expect(rule).toMatchObject({ alias: false, buildOnly: false, isBranch: true, isLeaf: false })
    expect(rule.arguments).toEqual(new Set(['x', 'y']))
    expect(rule.buildCompareKey()).toEqual([0, -2, -1])
    expect(rule.providesDefaultsFor(rule)).toBe(false)
    expect(rule.suitableFor({ x: 1, y: 1 })).toBe(true)
    expect(urlMap).toMatchObject({
      defaultSubdomain: '',
      hostMatching: false,
      sortParameters: false,
    })
    const adapter = urlMap.bind({
      serverName: 'localhost:8',
      scriptName: '/s',
      urlScheme: 'https',
      defaultMethod: 'POST',
      pathInfo: '/q',
      queryArgs: 'a=1',
    })
    expect(adapter).toMatchObject({ defaultMethod: 'POST', pathInfo: '/q', queryArgs: 'a=1' })
    expect(adapter.getHost('sub')).toBe('sub.localhost:8')
    expect(adapter.makeRedirectUrl('/x')).toBe('https://localhost:8/s/x?a=1')
    expect(adapter.test('/a/1/', 'GET')).toBe(true)
  })
})

describe('headers', () => {
  it('write every directive of a content security policy', () => {
    const csp = new ContentSecurityPolicy()
    csp.baseUri = csp.childSrc = csp.connectSrc = csp.fontSrc = csp.formAction = 'a'
    csp.frameAncestors = csp.frameSrc = csp.manifestSrc = csp.mediaSrc = csp.navigateTo = 'b'
    csp.objectSrc = csp.pluginTypes = csp.prefetchSrc = csp.reportTo = csp.reportUri = 'c'
    csp.sandbox = csp.scriptSrcAttr = csp.scriptSrcElem = csp.styleSrc = csp.styleSrcAttr = 'd'
    csp.styleSrcElem = csp.workerSrc = 'e'
    expect([...csp.keys()].toSorted()).toEqual(
      [
        ...['base-uri', 'child-src', 'connect-src', 'font-src', 'form-action', 'frame-ancestors'],
        ...['frame-src', 'manifest-src', 'media-src', 'navigate-to', 'object-src', 'plugin-types'],
        ...['prefetch-src', 'report-to', 'report-uri', 'sandbox', 'script-src-attr'],
        ...['script-src-elem', 'style-src', 'style-src-attr', 'style-src-elem', 'worker-src'],
      ].toSorted(),
    )
    expect(csp.toHeader()).toContain('sandbox d')
  })

  it('give the content range of a range', () => {
    expect(new Range('bytes', [[0, 3]]).makeContentRange(10)?.toHeader()).toBe('bytes 0-2/10')
  })
})

describe('testing', () => {
  it('describes a request', async () => {
    const builder = new EnvironBuilder(makeApp(), '/p?q=1', { json: { a: 1 } })
    expect(builder.baseUrl).toBe('http://localhost/')
    const built = builder.build()
    expect(built).toMatchObject({ method: 'GET', target: '/p?q=1', environ: { scheme: 'http' } })
    expect(Buffer.from((await built.body) ?? []).toString()).toBe('{"a": 1}')
  })

  it('reads a cookie', () => {
    const attributes = 'Domain=example.com; Max-Age=5; HttpOnly; Secure; SameSite=Lax; Path=/p'
    expect(new Cookie('localhost', '/a/b', `k="v\\054x"; ${attributes}`)).toMatchObject({
      key: 'k',
      value: '"v\\054x"',
      decodedKey: 'k',
      decodedValue: 'v,x',
      domain: 'example.com',
      originOnly: false,
      expires: null,
      maxAge: 5,
      httpOnly: true,
      secure: true,
      sameSite: 'Lax',
      path: '/p',
    })
  })

  it('adds commands and groups by name', () => {
    const { cli } = makeApp()
    cli.addCommand({ name: 'hello', help: '', run: () => undefined })
    expect([...cli.commands.keys()]).toEqual(['hello'])
  })
})

describe('template environments', () => {
  it('have Jinja’s defaults, and options that can be changed', () => {
    const environment = makeApp().jinjaEnv
    expect(environment).toMatchObject({
      blockStartString: '{%',
      blockEndString: '%}',
      variableStartString: '{{',
      variableEndString: '}}',
      commentStartString: '{#',
      commentEndString: '#}',
      lineStatementPrefix: null,
      lineCommentPrefix: null,
      trimBlocks: false,
      lstripBlocks: false,
      newlineSequence: '\n',
      keepTrailingNewline: false,
      finalize: null,
      autoReload: false,
    })
    expect(environment.policies).toMatchObject({ 'truncate.leeway': 5, 'urlize.rel': 'noopener' })
    expect(typeof environment.undefined).toBe('function')
    expect(typeof environment.autoescape === 'function' && environment.autoescape('a.html')).toBe(
      true,
    )
    environment.loader = { getSource: () => null, listTemplates: () => ['a.html'] }
    expect(environment.listTemplates()).toEqual(['a.html'])
    environment.variableStartString = '<<'
    environment.variableEndString = '>>'
    environment.finalize = (value) => value ?? ''
    expect(environment.fromString('<< 1 >><< none >>').render()).toBe('1')
    environment.addExtension('jinja2.ext.do')
    expect(environment.fromString('{% do [] %}').render()).toBe('')
  })

  it('stream a template by name', () => {
    const app = makeApp()
    app.jinjaEnv.loader = { getSource: () => ({ source: '{{ a }}{{ b }}', filename: null }) }
    const chunks = app.appContext().run(() => streamTemplate('x.html', { a: 1, b: 2 }))
    expect([...{ [Symbol.iterator]: () => chunks }].join('')).toBe('12')
  })
})

describe('steps of a request', () => {
  it('make a context of Node’s request, and serve static files in it', async () => {
    const app = new BustAPI('app', { rootPath: import.meta.dirname, staticFolder: '.' })
    const blueprint = new Blueprint('b', 'b', { rootPath: import.meta.dirname, staticFolder: '.' })
    const { request } = app.testRequestContext('/')
    const context = app.requestContext(request.raw)
    expect(context).toBeInstanceOf(RequestContext)
    expect(app.appContext()).toBeInstanceOf(AppContext)
    expect(app.appContext().g).toBeInstanceOf(AppCtxGlobals)
    await context.run(async () => {
      for (const owner of [app, blueprint]) {
        const response = await owner.sendStaticFile('markdown.ts')
        expect(response.statusCode).toBe(200)
        response.close()
        await expect(async () => owner.sendStaticFile('../docs.test.ts')).rejects.toThrow(NotFound)
      }
    })
  })

  it('trap HTTP errors as configured', () => {
    const app = makeApp()
    expect(app.trapHttpException(new NotFound())).toBe(false)
    app.config.TRAP_BAD_REQUEST_ERRORS = true
    expect(app.trapHttpException(new BadRequest())).toBe(true)
    expect(app.trapHttpException(new NotFound())).toBe(false)
    app.config.TRAP_HTTP_EXCEPTIONS = true
    expect(app.trapHttpException(new NotFound())).toBe(true)
  })

  it('add URL defaults, and raise what cannot be built', () => {
    const app = makeApp()
    app.urlDefaults((_endpoint, values) => {
      values.lang = 'en'
    })
    const values: Record<string, unknown> = {}
    app.injectUrlDefaults('x', values)
    expect(values).toEqual({ lang: 'en' })
    const error = new BuildError('x', {}, null)
    expect(() => app.handleUrlBuildError(error, 'x', {})).toThrow(error)
  })
})

describe('converters', () => {
  it('have a weight, and say whether they stay in one part', () => {
    const { converters } = makeApp().urlMap
    const rule = new Rule('/<path:p>')
    const map = makeApp().urlMap
    map.add(rule)
    const path = rule.getConverter(map, 'p', 'path', [], {})
    expect(path).toMatchObject({ weight: 200, partIsolating: false })
    expect(Object.keys(converters)).toContain('uuid')
    expect(map.bind({ serverName: 'localhost' })).toBeInstanceOf(MapAdapter)
  })
})

describe('signing algorithms and signals', () => {
  it('are itsdangerous’s and blinker’s', () => {
    const algorithm = new HMACAlgorithm('sha1')
    const key = Buffer.from('k')
    const signature = algorithm.getSignature(key, 'v', 'utf8')
    // itsdangerous.HMACAlgorithm().get_signature(b'k', b'v').hex()
    expect(Buffer.from(signature).toString('hex')).toBe('94fc6a2f7e89b8196cf74e1079a8c11eb679a552')
    expect(algorithm.verifySignature(key, 'v', 'utf8', signature)).toBe(true)
    const signal = new Signal('x')
    const seen: unknown[] = []
    signal.connect((sender) => seen.push(sender))
    signal.muted(() => {
      expect(signal.isMuted).toBe(true)
      signal.send(1)
    })
    expect([signal.isMuted, seen]).toEqual([false, []])
  })
})
