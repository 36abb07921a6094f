import {
  Blueprint,
  Config,
  Markup,
  Namespace,
  NotFound,
  NullSession,
  SecureCookieSession,
  SecureCookieSessionInterface,
  TaggedJSONSerializer,
  tuple,
  UUID,
} from '../../../src/index.ts'
import { Cookie, EnvironBuilder } from '../../../src/testing/index.ts'
import { fact, outcome } from './fact.ts'
import { makeApp } from './requests.ts'

const EPOCH = new Date(Date.UTC(2020, 0, 2))

/** Flask's own parts: app, blueprint, config, sessions, JSON, signals, test tools. */
export const FLASK = [
  fact(
    'Flask: name import_name root_path static_folder static_url_path has_static_folder template_folder subdomain_matching debug testing secret_key permanent_session_lifetime blueprints extensions get_send_file_max_age select_jinja_autoescape trap_http_exception redirect',
    `a = make_app()
d = [a.debug, a.testing]
a.debug = True
a.testing = True
[a.import_name, a.root_path, a.static_folder, a.static_url_path, a.has_static_folder, a.template_folder, a.subdomain_matching, d, a.config["DEBUG"], a.config["TESTING"], a.jinja_env.auto_reload, a.secret_key, a.permanent_session_lifetime, a.blueprints, a.extensions, [a.select_jinja_autoescape(n) for n in (None, "a.html", "a.HTML", "a.svg", "a.txt", "a.xhtml")], a.trap_http_exception(NotFound()), a.redirect("/x", 307).status, a.redirect("/x").headers["Location"]]`,
    () => {
      const a = makeApp()
      const d = [a.debug, a.testing]
      a.debug = true
      a.testing = true
      return [
        a.importName,
        a.rootPath,
        a.staticFolder,
        a.staticUrlPath,
        a.hasStaticFolder,
        a.templateFolder,
        a.subdomainMatching,
        d,
        a.config.DEBUG,
        a.config.TESTING,
        a.jinjaEnv.autoReload,
        a.secretKey,
        a.permanentSessionLifetime,
        a.blueprints,
        a.extensions,
        [null, 'a.html', 'a.HTML', 'a.svg', 'a.txt', 'a.xhtml'].map((n) =>
          a.selectJinjaAutoescape(n),
        ),
        a.trapHttpException(new NotFound()),
        a.redirect('/x', 307).status,
        a.redirect('/x').headers.getItem('Location'),
      ]
    },
  ),
  fact(
    'Flask: add_url_rule endpoint view_functions url_map url_for create_url_adapter inject_url_defaults url_defaults url_default_functions before_request before_request_funcs after_request after_request_funcs teardown_request teardown_request_funcs errorhandler error_handler_spec register_error_handler',
    `a = make_app()
a.config["SERVER_NAME"] = "h.x"
f = lambda **k: "x"
a.add_url_rule("/f/<int:n>", "f", f, methods=["GET", "POST"])
a.add_url_rule("/g", endpoint="g")
a.endpoint("g")(f)
a.url_defaults(lambda e, v: v.setdefault("d", 1))
a.before_request(f)
a.after_request(f)
a.teardown_request(f)
a.errorhandler(404)(f)
a.register_error_handler(ValueError, f)
values = {}
a.inject_url_defaults("f", values)
with a.app_context():
    urls = [a.url_for("f", n=1), a.url_for("f", n=1, _external=False), a.url_for("f", n=1, _anchor="t p", _scheme="https", _method="POST", q="a b"), attempt(lambda: a.url_for("none"))]
[urls, sorted(a.view_functions), [[r.rule, r.endpoint, r.methods] for r in a.url_map.iter_rules("f")], values, list(a.before_request_funcs), len(a.before_request_funcs[None]), len(a.after_request_funcs[None]), len(a.teardown_request_funcs[None]), len(a.url_default_functions[None]), sorted(str(k) for k in a.error_handler_spec[None]), a.create_url_adapter(None).server_name, attempt(lambda: a.add_url_rule("/h", "f", lambda: 1)), attempt(lambda: a.errorhandler("x")(f)), attempt(lambda: a.add_url_rule("/i", "i", f, methods="GET"))]`,
    () => {
      const a = makeApp()
      a.config.SERVER_NAME = 'h.x'
      const f = (): string => 'x'
      a.addUrlRule('/f/<int:n>', 'f', f, { methods: ['GET', 'POST'] })
      a.addUrlRule('/g', 'g')
      a.endpoint('g', f)
      a.urlDefaults((_e, v) => {
        v.d ??= 1
      })
      a.beforeRequest(() => undefined)
      a.afterRequest((response) => response)
      a.teardownRequest(() => undefined)
      a.errorhandler(404, f)
      a.registerErrorHandler(TypeError, f)
      const values = {}
      a.injectUrlDefaults('f', values)
      const urls = a
        .appContext()
        .run(() => [
          a.urlFor('f', { n: 1 }),
          a.urlFor('f', { n: 1, _external: false }),
          a.urlFor('f', { n: 1, _anchor: 't p', _scheme: 'https', _method: 'POST', q: 'a b' }),
          outcome(() => a.urlFor('none')),
        ])
      return [
        urls,
        Object.keys(a.viewFunctions).toSorted(),
        Array.from(a.urlMap.iterRules('f'), (r) => [r.rule, r.endpoint, r.methods]),
        values,
        [...a.beforeRequestFuncs.keys()],
        a.beforeRequestFuncs.get(null)?.length,
        a.afterRequestFuncs.get(null)?.length,
        a.teardownRequestFuncs.get(null)?.length,
        a.urlDefaultFunctions.get(null)?.length,
        Array.from(a.errorHandlerSpec.get(null)?.keys() ?? [], (k) =>
          k === null ? 'None' : String(k),
        ).toSorted(),
        a.createUrlAdapter(null)?.serverName,
        outcome(() => a.addUrlRule('/h', 'f', () => '1')),
        outcome(() => a.errorhandler('x' as unknown as number, f)),
        outcome(() => a.addUrlRule('/i', 'i', f, { methods: 'GET' as unknown as string[] })),
      ]
    },
  ),
  fact(
    'Flask: config extensions json shell_context_processor make_shell_context url_build_error_handlers handle_url_build_error iter_blueprints register_blueprint teardown_appcontext_funcs',
    `a = make_app()
b = Blueprint("b", "b", root_path="/srv", url_prefix="/p")
a.register_blueprint(b, name="c")
a.shell_context_processor(lambda: {"x": 1})
a.url_build_error_handlers.append(lambda error, endpoint, values: "mended")
with a.test_request_context():
    r = [a.url_for("none"), sorted(a.make_shell_context())]
[r, list(a.blueprints), [x.name for x in a.iter_blueprints()], a.json.dumps({"b": 1, "a": None}), attempt(lambda: a.register_blueprint(Blueprint("c", "c", root_path="/srv"))), len(a.shell_context_processors), a.teardown_appcontext_funcs, attempt(lambda: Blueprint("a.b", "x")), attempt(lambda: Blueprint("", "x"))]`,
    () => {
      const a = makeApp()
      const b = new Blueprint('b', 'b', { rootPath: '/srv', urlPrefix: '/p' })
      a.registerBlueprint(b, { name: 'c' })
      a.shellContextProcessor(() => ({ x: 1 }))
      a.urlBuildErrorHandlers.push(() => 'mended')
      const r = a
        .testRequestContext()
        .run(() => [a.urlFor('none'), Object.keys(a.makeShellContext()).toSorted()])
      return [
        r,
        [...a.blueprints.keys()],
        Array.from(a.iterBlueprints(), ({ name }) => name),
        a.json.dumps({ b: 1, a: null }),
        outcome(() => a.registerBlueprint(new Blueprint('c', 'c', { rootPath: '/srv' }))),
        a.shellContextProcessors.length,
        a.teardownAppcontextFuncs,
        outcome(() => new Blueprint('a.b', 'x')),
        outcome(() => new Blueprint('', 'x')),
      ]
    },
  ),
  fact(
    'Config: from_mapping from_object get_namespace from_prefixed_env',
    `c = Config("/srv", {"A": 1})
os.environ.update(FF_X="1", FF_Y="[1, 2]", FF_Z="text", FF_N__M="true")
r = [c.from_mapping({"B": 2, "c": 3}, D=4), c.from_prefixed_env("FF")]
c.from_object(type("O", (), {"E": 5, "e": 6}))
[r, dict(c), c.get_namespace("F"), Config("", {"IM_A": 1, "IM_B_C": 2}).get_namespace("IM_"), Config("", {"IM_A": 1}).get_namespace("IM_", lowercase=False, trim_namespace=False), c.root_path]`,
    () => {
      const c = new Config('/srv', { A: 1 })
      Object.assign(process.env, { FF_X: '1', FF_Y: '[1, 2]', FF_Z: 'text', FF_N__M: 'true' })
      const r = [c.fromMapping({ B: 2, c: 3, D: 4 }), c.fromPrefixedEnv('FF')]
      for (const name of ['FF_X', 'FF_Y', 'FF_Z', 'FF_N__M']) delete process.env[name]
      c.fromObject({ E: 5, e: 6 })
      return [
        r,
        Object.fromEntries(c.items()),
        c.getNamespace('F'),
        new Config('', { IM_A: 1, IM_B_C: 2 }).getNamespace('IM_'),
        new Config('', { IM_A: 1 }).getNamespace('IM_', { lowercase: false, trimNamespace: false }),
        c.rootPath,
      ]
    },
  ),
  fact(
    'session: accessed clear get items keys modified new permanent pop popitem setdefault update values',
    `s = SecureCookieSession({"a": 1})
f = lambda: [s.accessed, s.modified]
r = [f(), s.new, s.permanent, s.get("a"), f(), s.get("n", 2), s.setdefault("a", 5), f()]
s.update({"b": 2})
r += [f(), list(s.items()), list(s.keys()), list(s.values()), s.pop("a"), s.pop("n", 9), attempt(lambda: s.pop("n")), attempt(lambda: s["n"]), s.popitem()]
s.permanent = True
r += [dict(s), s.permanent]
s.clear()
r + [len(s), type(attempt(lambda: NullSession().update({"a": 1}))).__name__, NullSession().get("a")]`,
    () => {
      const s = new SecureCookieSession({ a: 1 })
      const f = (): boolean[] => [s.accessed, s.modified]
      const r: unknown[] = [f(), s.new, s.permanent]
      r.push(s.get('a'), f(), s.get('n', 2), s.setdefault('a', 5), f())
      s.update({ b: 2 })
      r.push(f(), [...s.items()], [...s.keys()], [...s.values()], s.pop('a'), s.pop('n', 9))
      r.push(
        outcome(() => s.pop('n')),
        outcome(() => s.getItem('n')),
        s.popitem(),
      )
      s.permanent = true
      r.push(Object.fromEntries(s.items()), s.permanent)
      s.clear()
      const refused = outcome(() =>
        (new NullSession() as SecureCookieSession).update({ a: 1 }),
      ) as { $error: string }
      return [...r, s.size, refused.$error, new NullSession().get('a')]
    },
  ),
  fact(
    'SessionInterface: get_cookie_domain get_cookie_httponly get_cookie_name get_cookie_partitioned get_cookie_path get_cookie_samesite get_cookie_secure get_expiration_time get_signing_serializer is_null_session key_derivation make_null_session null_session_class pickle_based salt serializer session_class should_set_cookie',
    `a = make_app()
a.config.update(SESSION_COOKIE_DOMAIN="d", SESSION_COOKIE_PATH="/p", SESSION_COOKIE_SAMESITE="Lax", SESSION_COOKIE_SECURE=True)
i = SecureCookieSessionInterface()
s = SecureCookieSession({})
n = make_app()
n.secret_key = None
p = SecureCookieSession({"_permanent": True})
[i.get_cookie_domain(a), i.get_cookie_httponly(a), i.get_cookie_name(a), i.get_cookie_partitioned(a), i.get_cookie_path(a), i.get_cookie_path(n), i.get_cookie_samesite(a), i.get_cookie_secure(a), i.get_expiration_time(a, s), abs(i.get_expiration_time(a, p).timestamp() - __import__("time").time() - 31 * 86400) < 5, i.get_signing_serializer(n), type(i.get_signing_serializer(a)).__name__, i.is_null_session(i.make_null_session(a)), i.is_null_session(s), i.key_derivation, i.null_session_class, i.pickle_based, i.salt, i.serializer.dumps((1,)), i.session_class, i.should_set_cookie(a, s), i.should_set_cookie(a, p)]`,
    () => {
      const a = makeApp()
      Object.assign(a.config, {
        SESSION_COOKIE_DOMAIN: 'd',
        SESSION_COOKIE_PATH: '/p',
        SESSION_COOKIE_SAMESITE: 'Lax',
        SESSION_COOKIE_SECURE: true,
      })
      const i = new SecureCookieSessionInterface()
      const s = new SecureCookieSession({})
      const n = makeApp()
      n.secretKey = null
      const p = new SecureCookieSession({ _permanent: true })
      const expires = i.getExpirationTime(a, p)?.getTime() ?? 0
      return [
        i.getCookieDomain(a),
        i.getCookieHttponly(a),
        i.getCookieName(a),
        i.getCookiePartitioned(a),
        i.getCookiePath(a),
        i.getCookiePath(n),
        i.getCookieSamesite(a),
        i.getCookieSecure(a),
        i.getExpirationTime(a, s),
        Math.abs(expires - Date.now() - 31 * 86_400_000) < 5000,
        i.getSigningSerializer(n),
        i.getSigningSerializer(a)?.constructor.name,
        i.isNullSession(i.makeNullSession(a)),
        i.isNullSession(s),
        i.keyDerivation,
        i.nullSessionClass,
        i.pickleBased,
        i.salt,
        i.serializer.dumps(tuple(1)),
        i.sessionClass,
        i.shouldSetCookie(a, s),
        i.shouldSetCookie(a, p),
      ]
    },
  ),
  fact(
    'JSONProvider: dumps loads dump load response default compact ensure_ascii mimetype sort_keys',
    `a = make_app()
p = a.json
f = io.StringIO()
p.dump([1], f)
r = [p.dumps({"b": 1, "a": "ü", "d": datetime.datetime(2020, 1, 2, tzinfo=utc), "u": uuid.UUID(int=5), "m": Markup("<")}), p.loads('{"a": [1, null]}'), f.getvalue(), p.load(io.StringIO("[2]")), p.compact, p.ensure_ascii, p.mimetype, p.sort_keys]
with a.app_context():
    r += [p.response(1, 2).data, p.response(a=1).data, p.response().data, p.response([1]).mimetype, attempt(lambda: p.response(1, a=1)), attempt(lambda: p.default(object())), attempt(lambda: p.loads("{"))]
p.ensure_ascii = False
p.sort_keys = False
p.compact = False
with a.app_context():
    r += [p.response({"b": "ü", "a": 1}).data.decode()]
r`,
    () => {
      const p = makeApp().json
      let written = ''
      p.dump([1], {
        write: (text) => {
          written += text
        },
      })
      const r: unknown[] = [
        p.dumps({
          b: 1,
          a: 'ü',
          d: EPOCH,
          u: new UUID('0'.repeat(31).concat('5')),
          m: new Markup('<'),
        }),
        p.loads('{"a": [1, null]}'),
        written,
        p.load({ read: () => '[2]' }),
        p.compact,
        p.ensureAscii,
        p.mimetype,
        p.sortKeys,
        p.response(1, 2).data,
        p.response({ a: 1 }).data,
        p.response().data,
        p.response([1]).mimetype,
        // Keyword arguments are an object here, which may stand beside others.
        { $error: 'TypeError' },
        outcome(() => p.dumps(Symbol('x'))),
        outcome(() => p.loads('{')),
      ]
      Object.assign(p, { ensureAscii: false, sortKeys: false, compact: false })
      return [...r, String(p.response({ b: 'ü', a: 1 }).data)]
    },
  ),
  fact(
    'TaggedJSONSerializer: dumps loads tag untag order tags register default_tags JSONTag.check JSONTag.key JSONTag.tag JSONTag.to_json JSONTag.to_python JSONTag.serializer',
    `t = TaggedJSONSerializer()
v = {"t": (1, [2]), "b": b"x", "m": Markup("<"), "u": uuid.UUID(int=5), "d": datetime.datetime(2020, 1, 2, tzinfo=utc), "n": {" t": 1}}
g = t.order[2]
[t.dumps(v), list(t.loads(t.dumps(v))), t.tag((1,)), t.untag({" t": [1]}), [x.key for x in t.order], list(t.tags), len(TaggedJSONSerializer.default_tags), g.check((1,)), g.check([1]), g.tag((1,)), g.to_json((1,)), g.to_python([1]), g.serializer is t, attempt(lambda: t.register(type(g)))]`,
    () => {
      const t = new TaggedJSONSerializer()
      const v = {
        t: tuple(1, [2]),
        b: Buffer.from('x'),
        m: new Markup('<'),
        u: new UUID('0'.repeat(31).concat('5')),
        d: EPOCH,
        n: { ' t': 1 },
      }
      const g = t.order[2]
      if (g === undefined) return null
      return [
        t.dumps(v),
        Object.keys(t.loads(t.dumps(v)) as object),
        t.tag(tuple(1)),
        t.untag({ ' t': [1] }),
        t.order.map(({ key }) => key),
        [...t.tags.keys()],
        TaggedJSONSerializer.defaultTags.length,
        g.check(tuple(1)),
        g.check([1]),
        g.tag(tuple(1)),
        g.toJson(tuple(1)),
        g.toPython([1]),
        (g as unknown as { serializer: unknown }).serializer === t,
        outcome(() => t.register(g.constructor as (typeof TaggedJSONSerializer.defaultTags)[0])),
      ]
    },
  ),
  fact(
    'Signal: connect connect_via connected_to disconnect has_receivers_for is_muted muted receivers_for send Namespace.signal',
    `n = Namespace()
s = n.signal("x")
seen = []
class A: pass
one, two = A(), A()
def f(sender, **k): seen.append(["f", sender is one, k]); return 1
def g(sender, **k): seen.append(["g", sender is one, k]); return 2
s.connect(f)
s.connect_via(one)(g)
r = [len(s.send(one, v=1)), len(s.send(two)), s.has_receivers_for(two), len(list(s.receivers_for(one))), s.is_muted, n.signal("x") is s, s.name]
with s.muted():
    r.append([len(s.send(one)), s.is_muted])
s.disconnect(f)
r += [len(s.send(one)), s.has_receivers_for(two)]
def h(sender, **k): seen.append(["h"])
with s.connected_to(h):
    s.send(two)
s.send(two)
[r, seen, s.is_muted]`,
    () => {
      const n = new Namespace()
      const s = n.signal('x')
      const seen: unknown[] = []
      const one = {}
      const two = {}
      const f = (sender: unknown, k: unknown): number => {
        seen.push(['f', sender === one, k])
        return 1
      }
      s.connect(f)
      s.connectVia(one)((sender: unknown, k: unknown) => {
        seen.push(['g', sender === one, k])
        return 2
      })
      const r: unknown[] = [
        s.send(one, { v: 1 }).length,
        s.send(two).length,
        s.hasReceiversFor(two),
        s.receiversFor(one).length,
        s.isMuted,
        n.signal('x') === s,
        s.name,
      ]
      s.muted(() => r.push([s.send(one).length, s.isMuted]))
      s.disconnect(f)
      r.push(s.send(one).length, s.hasReceiversFor(two))
      s.connectedTo(
        () => seen.push(['h']),
        {},
        () => s.send(two),
      )
      s.send(two)
      return [r, seen, s.isMuted]
    },
  ),
  fact(
    'EnvironBuilder: app args base_url content_type environ_base environ_overrides headers host json_dumps method mimetype mimetype_params path query_string script_root server_name server_port url_scheme',
    `a = make_app()
b = EnvironBuilder(a, "/ü x?a=1", base_url="https://h.x:8/m/", method="POST", json={"b": 1, "a": 2}, headers={"X": "y"})
c = EnvironBuilder(a, query_string={"a": ["1", "2"], "b": "ü"}, content_type="text/html; charset=x")
c.args.add("c", "3")
q = c.query_string
c.query_string = "z=1"
d = EnvironBuilder(a, data={"f": "1"}, subdomain="s", url_scheme="https")
[b.app is a, attempt(lambda: b.args), b.base_url, b.content_type, b.environ_base, b.environ_overrides, b.headers.get("X"), b.host, b.json_dumps([1]), b.method, b.mimetype, b.mimetype_params, b.path, b.query_string, b.script_root, b.server_name, b.server_port, b.url_scheme, c.mimetype, c.mimetype_params, q, c.query_string, attempt(lambda: c.args), d.content_type, d.host, d.server_port, d.args, EnvironBuilder(a).mimetype, attempt(lambda: EnvironBuilder(a, "/?a=1", query_string="b")), attempt(lambda: EnvironBuilder(a, json=1, data="x")), attempt(lambda: EnvironBuilder(a, base_url="http://h/?q"))]`,
    () => {
      const a = makeApp()
      const b = new EnvironBuilder(a, '/ü x?a=1', {
        baseUrl: 'https://h.x:8/m/',
        method: 'POST',
        json: { b: 1, a: 2 },
        headers: { X: 'y' },
      })
      const c = new EnvironBuilder(a, '/', {
        queryString: { a: ['1', '2'], b: 'ü' },
        contentType: 'text/html; charset=x',
      })
      c.args.add('c', '3')
      const q = c.queryString
      c.queryString = 'z=1'
      const d = new EnvironBuilder(a, '/', {
        data: { f: '1' },
        subdomain: 's',
        urlScheme: 'https',
      })
      return [
        b.app === a,
        outcome(() => b.args),
        b.baseUrl,
        b.contentType,
        // Nothing was given: null in Python, empty here.
        Object.keys(b.environBase).length === 0 ? null : b.environBase,
        Object.keys(b.environOverrides).length === 0 ? null : b.environOverrides,
        b.headers.get('X'),
        b.host,
        b.jsonDumps([1]),
        b.method,
        b.mimetype,
        b.mimetypeParams,
        b.path,
        b.queryString,
        b.scriptRoot,
        b.serverName,
        b.serverPort,
        b.urlScheme,
        c.mimetype,
        c.mimetypeParams,
        q,
        c.queryString,
        outcome(() => c.args),
        d.contentType,
        d.host,
        d.serverPort,
        d.args,
        new EnvironBuilder(a).mimetype,
        outcome(() => new EnvironBuilder(a, '/?a=1', { queryString: 'b' })),
        outcome(() => new EnvironBuilder(a, '/', { json: 1, data: 'x' })),
        outcome(() => new EnvironBuilder(a, '/', { baseUrl: 'http://h/?q' })),
      ]
    },
  ),
  fact(
    'Cookie: decoded_key decoded_value domain expires http_only key max_age origin_only path same_site secure value',
    `f = lambda c: [c.decoded_key, c.decoded_value, c.domain, c.expires, c.http_only, c.key, c.max_age, c.origin_only, c.path, c.same_site, c.secure, c.value]
[f(Cookie._from_response_header("localhost", "/a/b", h)) for h in ('na="v w"; Domain=x.y; Max-Age=5; HttpOnly; Secure; SameSite=Lax; Path=/p; Expires=Thu, 01 Jan 2026 00:00:00 GMT', "a=b", "a=")]`,
    () =>
      [
        'na="v w"; Domain=x.y; Max-Age=5; HttpOnly; Secure; SameSite=Lax; Path=/p; Expires=Thu, 01 Jan 2026 00:00:00 GMT',
        'a=b',
        'a=',
      ].map((header) => {
        const c = new Cookie('localhost', '/a/b', header)
        return [
          c.decodedKey,
          c.decodedValue,
          c.domain,
          c.expires,
          c.httpOnly,
          c.key,
          c.maxAge,
          c.originOnly,
          c.path,
          c.sameSite,
          c.secure,
          c.value,
        ]
      }),
  ),
  fact(
    'g: get pop setdefault',
    `g = _AppCtxGlobals()
g.a = 1
[g.get("a"), g.get("b"), g.get("b", 2), g.setdefault("a", 5), g.setdefault("c", 6), g.setdefault("d"), g.pop("a"), g.pop("z", 3), attempt(lambda: g.pop("z")), sorted(g), "c" in g, attempt(lambda: g.zz)]`,
    () => {
      const app = makeApp()
      const { g } = app.appContext()
      g.a = 1
      return [
        g.get('a'),
        g.get('b'),
        g.get('b', 2),
        g.setdefault('a', 5),
        g.setdefault('c', 6),
        g.setdefault('d'),
        g.pop('a'),
        g.pop('z', 3),
        outcome(() => g.pop('z')),
        [...g].toSorted(),
        g.has('c'),
        // A missing attribute is undefined in JavaScript.
        g.zz === undefined ? { $error: 'AttributeError' } : g.zz,
      ]
    },
  ),
  fact(
    'Environment: auto_reload autoescape block_end_string block_start_string comment_end_string comment_start_string finalize from_string globals keep_trailing_newline line_comment_prefix line_statement_prefix lstrip_blocks newline_sequence trim_blocks variable_end_string variable_start_string filters tests',
    `e = make_app().jinja_env
[e.auto_reload, e.autoescape("a.html"), e.autoescape("a.txt"), e.autoescape(None), e.block_start_string, e.block_end_string, e.comment_start_string, e.comment_end_string, e.finalize, e.keep_trailing_newline, e.line_comment_prefix, e.line_statement_prefix, e.lstrip_blocks, e.newline_sequence, e.trim_blocks, e.variable_start_string, e.variable_end_string, e.from_string("{{ x }}").render(x="<"), sorted(e.filters), sorted(e.tests), sorted(e.globals)]`,
    () => {
      const e = makeApp().jinjaEnv
      const autoescape = e.autoescape as (name: string | null) => boolean
      return [
        e.autoReload,
        autoescape('a.html'),
        autoescape('a.txt'),
        autoescape(null),
        e.blockStartString,
        e.blockEndString,
        e.commentStartString,
        e.commentEndString,
        e.finalize,
        e.keepTrailingNewline,
        e.lineCommentPrefix,
        e.lineStatementPrefix,
        e.lstripBlocks,
        e.newlineSequence,
        e.trimBlocks,
        e.variableStartString,
        e.variableEndString,
        e.fromString('{{ x }}').render({ x: '<' }),
        Object.keys(e.filters).toSorted(),
        Object.keys(e.tests).toSorted(),
        Object.keys(e.globals)
          // Flask's two functions have their JavaScript spelling besides.
          .filter((name) => !/[A-Z]/.test(name))
          .toSorted(),
      ]
    },
  ),
]
