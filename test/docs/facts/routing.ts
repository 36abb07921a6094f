import {
  AnyConverter,
  BaseConverter,
  FloatConverter,
  IntegerConverter,
  type MapAdapter,
  PathConverter,
  Rule,
  UnicodeConverter,
  UrlMap,
  UUIDConverter,
} from '../../../src/index.ts'
import { fact, outcome } from './fact.ts'

const RULES = `m = Map([Rule("/", endpoint="index"), Rule("/u/<int:n>/", endpoint="user", methods=["GET"]), Rule("/u/<int:n>/", endpoint="save", methods=["POST"]), Rule("/p/<path:x>", endpoint="path"), Rule("/page", endpoint="page", defaults={"n": 1}), Rule("/page/<int:n>", endpoint="page"), Rule("/old/<int:n>", redirect_to="u/<n>/"), Rule("/al/<int:n>", endpoint="user", methods=["GET"], alias=True), Rule("/only", endpoint="only", build_only=True), Rule("/s", endpoint="sub", subdomain="<who>"), Rule("/ws", endpoint="ws", websocket=True)])
a = m.bind("h.x:8", "/root", query_args={"q": "1"})
`

function map(): UrlMap {
  return new UrlMap([
    new Rule('/', { endpoint: 'index' }),
    new Rule('/u/<int:n>/', { endpoint: 'user', methods: ['GET'] }),
    new Rule('/u/<int:n>/', { endpoint: 'save', methods: ['POST'] }),
    new Rule('/p/<path:x>', { endpoint: 'path' }),
    new Rule('/page', { endpoint: 'page', defaults: { n: 1 } }),
    new Rule('/page/<int:n>', { endpoint: 'page' }),
    new Rule('/old/<int:n>', { redirectTo: 'u/<n>/' }),
    new Rule('/al/<int:n>', { endpoint: 'user', methods: ['GET'], alias: true }),
    new Rule('/only', { endpoint: 'only', buildOnly: true }),
    new Rule('/s', { endpoint: 'sub', subdomain: '<who>' }),
    new Rule('/ws', { endpoint: 'ws', websocket: true }),
  ])
}

const adapter = (m = map()): MapAdapter =>
  m.bind({ serverName: 'h.x:8', scriptName: '/root', queryArgs: { q: '1' } })

/** The result of a match, or where it redirects to, or the error. */
function matched(run: () => { endpoint: string; args: object }): unknown {
  try {
    const { endpoint, args } = run()
    return [endpoint, args]
  } catch (error) {
    const { newUrl } = error as { newUrl?: string }
    return newUrl ?? (error as Error).constructor.name
  }
}
const MATCHED = `def matched(run):
    try:
        return run()
    except RequestRedirect as error:
        return error.new_url
    except Exception as error:
        return type(error).__name__
`

/** werkzeug.routing. */
export const ROUTING = [
  fact(
    'MapAdapter: match test allowed_methods',
    `${RULES}${MATCHED}[matched(lambda: a.match("/")), matched(lambda: a.match("/u/5/")), matched(lambda: a.match("/u/5/", "POST")), matched(lambda: a.match("/u/5")), matched(lambda: a.match("/u/5/", "PUT")), matched(lambda: a.match("/none")), matched(lambda: a.match("/p/a/b")), matched(lambda: a.match("/page")), matched(lambda: a.match("/page/1")), matched(lambda: a.match("/page/2")), matched(lambda: a.match("/old/3")), matched(lambda: a.match("/al/3")), matched(lambda: a.match("/only")), matched(lambda: a.match("/ws")), matched(lambda: a.match("/ws", websocket=True)), matched(lambda: m.bind("h.x", subdomain="joe").match("/s")), matched(lambda: a.match("//p//a")), a.test("/u/5/"), a.test("/u/5/", "PUT"), a.test("/u/5"), sorted(a.allowed_methods("/u/5/")), a.allowed_methods("/none")]`,
    () => {
      const m = map()
      const a = adapter(m)
      const at = (pathInfo: string, method?: string): unknown =>
        matched(() => a.match({ pathInfo, method }))
      return [
        at('/'),
        at('/u/5/'),
        at('/u/5/', 'POST'),
        at('/u/5'),
        at('/u/5/', 'PUT'),
        at('/none'),
        at('/p/a/b'),
        at('/page'),
        at('/page/1'),
        at('/page/2'),
        at('/old/3'),
        at('/al/3'),
        at('/only'),
        at('/ws'),
        matched(() => a.match({ pathInfo: '/ws', websocket: true })),
        matched(() => m.bind({ serverName: 'h.x', subdomain: 'joe' }).match({ pathInfo: '/s' })),
        at('//p//a'),
        a.test('/u/5/'),
        a.test('/u/5/', 'PUT'),
        a.test('/u/5'),
        [...a.allowedMethods('/u/5/')].toSorted(),
        a.allowedMethods('/none'),
      ]
    },
  ),
  fact(
    'MapAdapter: build get_host make_redirect_url get_default_redirect server_name script_name subdomain url_scheme path_info default_method query_args websocket map',
    `${RULES}[a.build("index"), a.build("user", {"n": 5}), a.build("user", {"n": 5, "x": "a b", "y": [1, 2], "z": None}), a.build("user", {"n": 5}, force_external=True), a.build("user", {"n": 5}, force_external=True, url_scheme="https"), a.build("user", {"n": 5, "x": 1}, append_unknown=False), a.build("page", {"n": 1}), a.build("page", {"n": 2}), a.build("sub", {"who": "joe"}), a.build("ws"), a.build("path", {"x": "ü/b c"}), attempt(lambda: a.build("none")), attempt(lambda: a.build("user")), attempt(lambda: a.build("user", {"n": "x"})), a.get_host(None), a.get_host("sub"), a.make_redirect_url("/x"), a.make_redirect_url("/x", query_args={"a": "b"}, domain_part="d"), a.get_default_redirect(list(m.iter_rules("page"))[1], "GET", {"n": 1}, {}), a.server_name, a.script_name, a.subdomain, a.url_scheme, a.path_info, a.default_method, a.query_args, a.websocket, a.map is m]`,
    () => {
      const m = map()
      const a = adapter(m)
      return [
        a.build('index'),
        a.build('user', { n: 5 }),
        a.build('user', { n: 5, x: 'a b', y: [1, 2], z: null }),
        a.build('user', { n: 5 }, { forceExternal: true }),
        a.build('user', { n: 5 }, { forceExternal: true, urlScheme: 'https' }),
        a.build('user', { n: 5, x: 1 }, { appendUnknown: false }),
        a.build('page', { n: 1 }),
        a.build('page', { n: 2 }),
        a.build('sub', { who: 'joe' }),
        a.build('ws'),
        a.build('path', { x: 'ü/b c' }),
        outcome(() => a.build('none')),
        outcome(() => a.build('user')),
        outcome(() => a.build('user', { n: 'x' })),
        a.getHost(null),
        a.getHost('sub'),
        a.makeRedirectUrl('/x'),
        a.makeRedirectUrl('/x', { a: 'b' }, 'd'),
        a.getDefaultRedirect([...m.iterRules('page')][1] as Rule, 'GET', { n: 1 }, {}),
        a.serverName,
        a.scriptName,
        a.subdomain,
        a.urlScheme,
        a.pathInfo,
        a.defaultMethod,
        a.queryArgs,
        a.websocket,
        a.map === m,
      ]
    },
  ),
  fact(
    'Map: add bind bind_to_environ converters default_subdomain host_matching is_endpoint_expecting iter_rules merge_slashes redirect_defaults sort_key sort_parameters strict_slashes update',
    `m = Map(sort_parameters=True)
m.add(Rule("/b/<x>", endpoint="b"))
m.add(Rule("/a", endpoint="a"))
m.update()
e = m.bind_to_environ({"wsgi.url_scheme": "https", "HTTP_HOST": "h.x", "SCRIPT_NAME": "/s", "PATH_INFO": "/a", "REQUEST_METHOD": "GET", "QUERY_STRING": "q=1"})
[[r.rule for r in m.iter_rules()], [r.rule for r in m.iter_rules("a")], m.is_endpoint_expecting("b", "x"), m.is_endpoint_expecting("b", "y"), sorted(m.converters), m.default_subdomain, m.host_matching, m.merge_slashes, m.redirect_defaults, m.sort_key, m.sort_parameters, m.strict_slashes, m.bind("h").build("a", {"z": 1, "b": 2}), e.match(), e.build("a", force_external=True), attempt(lambda: m.add(next(m.iter_rules()))), Map(strict_slashes=False).strict_slashes]`,
    () => {
      const m = new UrlMap(null, { sortParameters: true })
      m.add(new Rule('/b/<x>', { endpoint: 'b' }))
      m.add(new Rule('/a', { endpoint: 'a' }))
      m.update()
      const e = m.bindToEnviron({
        scheme: 'https',
        host: 'h.x',
        scriptName: '/s',
        pathInfo: '/a',
        method: 'GET',
        queryString: 'q=1',
      })
      return [
        Array.from(m.iterRules(), ({ rule }) => rule),
        Array.from(m.iterRules('a'), ({ rule }) => rule),
        m.isEndpointExpecting('b', 'x'),
        m.isEndpointExpecting('b', 'y'),
        (m.converters instanceof Map
          ? [...m.converters.keys()]
          : Object.keys(m.converters)
        ).toSorted(),
        m.defaultSubdomain,
        m.hostMatching,
        m.mergeSlashes,
        m.redirectDefaults,
        m.sortKey,
        m.sortParameters,
        m.strictSlashes,
        m.bind({ serverName: 'h' }).build('a', { z: 1, b: 2 }),
        matched(() => e.match()),
        e.build('a', null, { forceExternal: true }),
        outcome(() => m.add([...m.iterRules()][0] as Rule)),
        new UrlMap(null, { strictSlashes: false }).strictSlashes,
      ]
    },
  ),
  fact(
    'Rule: alias arguments bind build build_compare_key build_only defaults empty endpoint get_converter host is_branch is_leaf map merge_slashes methods provides_defaults_for redirect_to rule strict_slashes subdomain suitable_for websocket',
    `m = Map()
r = Rule("/a/<int:x>/<y>", defaults={"z": 1}, endpoint="e", methods=["get"])
d = Rule("/a", defaults={"x": 1, "y": "b", "z": 1}, endpoint="e")
before = [r.map, r.strict_slashes, r.subdomain]
r.bind(m)
m.add(d)
e = r.empty()
[before, r.alias, r.arguments, r.build({"x": 5, "y": "ü", "q": 1}), r.build({"x": 5, "y": "ü", "q": 1}, append_unknown=False), r.build_compare_key(), r.build_only, r.defaults, e.rule, e.map, r.endpoint, type(r.get_converter("x", "int", (), {"min": 1})).__name__, r.host, r.is_branch, r.is_leaf, r.map is m, r.merge_slashes, r.methods, d.provides_defaults_for(r), r.provides_defaults_for(d), r.redirect_to, r.rule, r.strict_slashes, r.subdomain, r.suitable_for({"x": 1, "y": "b"}), r.suitable_for({"x": 1}), r.suitable_for({"x": 1, "y": "b"}, "POST"), r.websocket, d.methods, Rule("/b/").is_branch, attempt(lambda: Rule("x")), attempt(lambda: Rule("/", methods="GET")), attempt(lambda: r.bind(m))]`,
    () => {
      const m = new UrlMap()
      const r = new Rule('/a/<int:x>/<y>', { defaults: { z: 1 }, endpoint: 'e', methods: ['get'] })
      const d = new Rule('/a', { defaults: { x: 1, y: 'b', z: 1 }, endpoint: 'e' })
      const before = [r.map, r.strictSlashes, r.subdomain]
      r.bind(m)
      m.add(d)
      const e = r.empty()
      return [
        before,
        r.alias,
        r.arguments,
        r.build({ x: 5, y: 'ü', q: 1 }),
        r.build({ x: 5, y: 'ü', q: 1 }, false),
        r.buildCompareKey(),
        r.buildOnly,
        r.defaults,
        e.rule,
        e.map,
        r.endpoint,
        r.getConverter(m, 'x', 'int', [], { min: 1 }).constructor.name,
        r.host,
        r.isBranch,
        r.isLeaf,
        r.map === m,
        r.mergeSlashes,
        r.methods,
        d.providesDefaultsFor(r),
        r.providesDefaultsFor(d),
        r.redirectTo,
        r.rule,
        r.strictSlashes,
        r.subdomain,
        r.suitableFor({ x: 1, y: 'b' }),
        r.suitableFor({ x: 1 }),
        r.suitableFor({ x: 1, y: 'b' }, 'POST'),
        r.websocket,
        d.methods,
        new Rule('/b/').isBranch,
        pythonName(outcome(() => new Rule('x'))),
        pythonName(outcome(() => new Rule('/', { methods: 'GET' }))),
        outcome(() => r.bind(m)),
      ]
    },
  ),
  fact(
    'BaseConverter: map part_isolating regex to_python to_url weight',
    `m = Map()
[[type(c).__name__, c.regex.replace(".*", "[^NL]*").replace(chr(92) + "d", "[digit]"), c.part_isolating, c.weight] for c in (UnicodeConverter(m), UnicodeConverter(m, 2, 5), AnyConverter(m, "a", "b"), PathConverter(m), IntegerConverter(m), FloatConverter(m))] + [BaseConverter(m).to_url("a b/ü"), PathConverter(m).to_url("a b/ü"), IntegerConverter(m, fixed_digits=3).to_url(7), IntegerConverter(m).to_python("12"), attempt(lambda: IntegerConverter(m, max=5).to_python("12")), FloatConverter(m).to_python("1.5"), FloatConverter(m).to_url(2.5), UUIDConverter(m).to_python("12345678-1234-5678-1234-56781234567F"), attempt(lambda: AnyConverter(m, "a").to_url("b")), BaseConverter(m).map is m]`,
    () => {
      const m = new UrlMap()
      const all = [
        new UnicodeConverter(m),
        new UnicodeConverter(m, 2, 5),
        new AnyConverter(m, 'a', 'b'),
        new PathConverter(m),
        new IntegerConverter(m),
        new FloatConverter(m),
      ]
      return [
        ...all.map((c) => [
          c.constructor.name,
          c.regex.replace('\\n', 'NL').replaceAll('\\p{Nd}', '[digit]'),
          c.partIsolating,
          c.weight,
        ]),
        new BaseConverter(m).toUrl('a b/ü'),
        new PathConverter(m).toUrl('a b/ü'),
        new IntegerConverter(m, { fixed_digits: 3 }).toUrl(7),
        new IntegerConverter(m).toPython('12'),
        outcome(() => new IntegerConverter(m, { max: 5 }).toPython('12')),
        new FloatConverter(m).toPython('1.5'),
        new FloatConverter(m).toUrl(2.5),
        new UUIDConverter(m).toPython('12345678-1234-5678-1234-56781234567F'),
        outcome(() => new AnyConverter(m, 'a').toUrl('b')),
        new BaseConverter(m).map === m,
      ]
    },
  ),
  fact(
    'werkzeug.routing.BuildError BuildError.suggested',
    `${RULES}e = attempt(lambda: a.build("usr", {"n": 1}))
[e.endpoint, e.values, e.method, e.suggested.endpoint, str(e)]`,
    () => {
      try {
        return adapter().build('usr', { n: 1 })
      } catch (thrown) {
        const e = thrown as { endpoint: string; values: object; method: unknown; suggested: Rule }
        return [e.endpoint, e.values, e.method, e.suggested.endpoint, (thrown as Error).message]
      }
    },
  ),
]

/** The class of Python that an error of ours with a code stands for. */
function pythonName(thrown: unknown): unknown {
  const { $error: name } = thrown as { $error: string }
  return { $error: name === 'BUST_ERR_ROUTE_METHODS' ? 'TypeError' : 'ValueError' }
}
