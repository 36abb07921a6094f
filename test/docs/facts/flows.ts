import {
  afterThisRequest,
  appcontextPopped,
  appcontextPushed,
  appcontextTearingDown,
  Blueprint,
  currentApp,
  flash,
  g,
  hasAppContext,
  hasRequestContext,
  makeResponse,
  messageFlashed,
  renderTemplateString,
  request,
  requestFinished,
  requestStarted,
  requestTearingDown,
  session,
  templateRendered,
} from '../../../src/index.ts'
import { fact } from './fact.ts'
import { makeApp } from './requests.ts'

/** What happens in requests. */
export const FLOWS = [
  fact(
    'Blueprint: name root_path subdomain import_name url_prefix static_folder static_url_path add_url_rule after_app_request after_request before_app_request before_request teardown_app_request teardown_request app_errorhandler errorhandler register_error_handler context_processor app_context_processor get post put patch delete register_blueprint view_functions url_defaults url_value_preprocessor add_app_template_filter add_app_template_global add_app_template_test',
    `log = []
a = make_app(subdomain_matching=True)
b = Blueprint("b", "imp", root_path="/srv/b", url_prefix="/b", static_folder="st", subdomain=None)
c = Blueprint("c", "imp", root_path="/srv/c", url_prefix="/c")
b.before_request(lambda: log.append("before"))
b.before_app_request(lambda: log.append("before app"))
b.after_request(lambda r: (log.append("after"), r)[1])
b.after_app_request(lambda r: (log.append("after app"), r)[1])
b.teardown_request(lambda e: log.append("teardown"))
b.teardown_app_request(lambda e: log.append("teardown app"))
b.errorhandler(404)(lambda e: ("b404", 404))
b.app_errorhandler(405)(lambda e: ("a405", 405))
b.register_error_handler(ZeroDivisionError, lambda e: ("zero", 500))
b.context_processor(lambda: {"v": "bp"})
b.app_context_processor(lambda: {"w": "app"})
b.add_app_template_filter(lambda s: s + "!", "loud")
b.add_app_template_global(lambda: "G", "glob")
b.add_app_template_test(lambda n: n == 1, "one")
b.add_url_rule("/view", "view", lambda: render_template_string("{{ v }} {{ w }} {{ 'a'|loud }} {{ glob() }} {{ 1 is one }}"))
b.get("/abort", endpoint="abort")(lambda: abort(404))
def divide(): raise ZeroDivisionError()
b.route("/zero", endpoint="zero")(divide)
for m in ("post", "put", "patch", "delete"):
    getattr(b, m)("/m", endpoint=m)(lambda: request.method + " " + request.endpoint)
c.get("/<lang>/x", endpoint="x")(lambda: url_for(".x") + " " + url_for("b.view"))
c.url_value_preprocessor(lambda e, v: log.append(v.pop("lang")))
c.url_defaults(lambda e, v: v.setdefault("lang", "en"))
b.register_blueprint(c)
a.register_blueprint(b)
a.get("/out", endpoint="out")(lambda: render_template_string("{{ v }}{{ w }}"))
client = a.test_client()
say = lambda r: [r.status_code, r.text]
[say(client.get("/b/view")), say(client.get("/b/abort")), say(client.get("/b/zero")), say(client.get("/none")), say(client.post("/b/view")), [say(getattr(client, m)("/b/m")) for m in ("post", "put", "patch", "delete")], say(client.get("/b/c/de/x")), say(client.get("/out")), log, b.name, b.root_path, b.subdomain, b.import_name, b.url_prefix, b.static_folder, b.static_url_path, sorted(a.view_functions)]`,
    async () => {
      const log: unknown[] = []
      const a = makeApp({ subdomainMatching: true })
      const b = new Blueprint('b', 'imp', {
        rootPath: '/srv/b',
        urlPrefix: '/b',
        staticFolder: 'st',
      })
      const c = new Blueprint('c', 'imp', { rootPath: '/srv/c', urlPrefix: '/c' })
      const say = (text: string) => (): undefined => {
        log.push(text)
      }
      b.beforeRequest(say('before'))
      b.beforeAppRequest(say('before app'))
      b.afterRequest((r) => {
        log.push('after')
        return r
      })
      b.afterAppRequest((r) => {
        log.push('after app')
        return r
      })
      b.teardownRequest(say('teardown'))
      b.teardownAppRequest(say('teardown app'))
      b.errorhandler(404, () => ['b404', 404])
      b.appErrorhandler(405, () => ['a405', 405])
      b.registerErrorHandler(RangeError, () => ['zero', 500])
      b.contextProcessor(() => ({ v: 'bp' }))
      b.appContextProcessor(() => ({ w: 'app' }))
      b.addAppTemplateFilter((s: string) => `${s}!`, 'loud')
      b.addAppTemplateGlobal(() => 'G', 'glob')
      b.addAppTemplateTest((n: number) => n === 1, 'one')
      b.addUrlRule('/view', 'view', () =>
        renderTemplateString("{{ v }} {{ w }} {{ 'a'|loud }} {{ glob() }} {{ 1 is one }}"),
      )
      b.get('/abort', { endpoint: 'abort' }, () => a.aborter.abort(404))
      b.route('/zero', { endpoint: 'zero' }, () => {
        throw new RangeError()
      })
      const methods = ['post', 'put', 'patch', 'delete'] as const
      for (const m of methods) {
        b[m]('/m', { endpoint: m }, () => `${request.method} ${request.endpoint}`)
      }
      c.get('/<lang>/x', { endpoint: 'x' }, () => `${a.urlFor('.x')} ${a.urlFor('b.view')}`)
      c.urlValuePreprocessor((_e, v) => {
        log.push(v?.lang)
        delete v?.lang
      })
      c.urlDefaults((_e, v) => {
        v.lang ??= 'en'
      })
      b.registerBlueprint(c)
      a.registerBlueprint(b)
      a.get('/out', { endpoint: 'out' }, () => renderTemplateString('{{ v }}{{ w }}'))
      const client = a.testClient()
      const ask = async (
        path: string,
        method: 'get' | (typeof methods)[number] = 'get',
      ): Promise<unknown> => {
        const response = await client[method](path)
        return [response.statusCode, response.text]
      }
      const answers = [
        await ask('/b/view'),
        await ask('/b/abort'),
        await ask('/b/zero'),
        await ask('/none'),
        await ask('/b/view', 'post'),
        [
          await ask('/b/m', 'post'),
          await ask('/b/m', 'put'),
          await ask('/b/m', 'patch'),
          await ask('/b/m', 'delete'),
        ],
        await ask('/b/c/de/x'),
        await ask('/out'),
      ]
      return [
        ...answers,
        log,
        b.name,
        b.rootPath,
        b.subdomain,
        b.importName,
        b.urlPrefix,
        b.staticFolder,
        b.staticUrlPath,
        Object.keys(a.viewFunctions).toSorted(),
      ]
    },
  ),
  fact(
    'flask: after_this_request appcontext_popped appcontext_pushed appcontext_tearing_down current_app flash g get_flashed_messages has_app_context has_request_context make_response message_flashed render_template_string request request_finished request_started request_tearing_down session template_rendered Flask.before_request Flask.after_request Flask.teardown_request Flask.teardown_appcontext Flask.context_processor Flask.template_filter Flask.template_global Flask.template_test Flask.url_value_preprocessor Flask.errorhandler Flask.get Flask.post Flask.test_client Flask.make_response FlaskClient.get FlaskClient.get_cookie FlaskClient.set_cookie FlaskClient.delete_cookie TestResponse.text TestResponse.history TestResponse.request',
    `log = []
a = make_app()
for s in (appcontext_pushed, request_started, message_flashed, template_rendered, request_finished, request_tearing_down, appcontext_tearing_down, appcontext_popped):
    s.connect(lambda sender, _n=s.name, **k: log.append(_n), a, weak=False)
a.before_request(lambda: log.append("before 1"))
a.before_request(lambda: log.append("before 2"))
a.after_request(lambda r: (log.append("after 1"), r)[1])
a.after_request(lambda r: (log.append("after 2"), r)[1])
a.teardown_request(lambda e: log.append("teardown 1"))
a.teardown_request(lambda e: log.append("teardown 2"))
a.teardown_appcontext(lambda e: log.append("teardown app"))
a.context_processor(lambda: {"p": "P"})
a.template_filter("twice")(lambda s: s * 2)
a.template_test("two")(lambda n: n == 2)
a.template_global("glob")(lambda: "G")
a.url_value_preprocessor(lambda e, v: log.append([e, v]))
a.errorhandler(RuntimeError)(lambda e: "handled")
def index(n):
    after_this_request(lambda r: (r.headers.set("X-A", "1"), r)[1])
    flash("m", "c")
    g.x = 1
    session["s"] = n
    return make_response(render_template_string("{{ p }} {{ 'a'|twice }} {{ 2 is two }} {{ glob() }} {{ g.x }} {{ request.path }} {{ session.s }} {{ get_flashed_messages(True) }}"), 201)
a.get("/i/<int:n>", endpoint="index")(index)
def boom(): raise RuntimeError()
a.post("/boom", endpoint="boom")(boom)
a.get("/r", endpoint="r")(lambda: redirect("/c"))
a.get("/c", endpoint="c")(lambda: request.cookies.get("k", "-") + str(has_request_context()) + current_app.name)
client = a.test_client()
r = client.get("/i/5")
seen = list(log)
client.set_cookie("k", "v w")
f = client.get("/r", follow_redirects=True)
k = client.get_cookie("k").decoded_value
client.delete_cookie("k")
[r.status, r.text, r.headers["X-A"], r.headers["Vary"], seen, client.post("/boom").text, f.text, [h.status_code for h in f.history], f.request.path, k, client.get("/c").text, has_app_context(), has_request_context(), a.make_response(("x", 202, {"X": "y"})).status]`,
    async () => {
      const log: unknown[] = []
      const a = makeApp()
      const signals = {
        appcontextPushed,
        requestStarted,
        messageFlashed,
        templateRendered,
        requestFinished,
        requestTearingDown,
        appcontextTearingDown,
        appcontextPopped,
      }
      for (const signal of Object.values(signals)) {
        signal.connect(() => log.push(signal.name), { sender: a })
      }
      const say = (text: string) => (): undefined => {
        log.push(text)
      }
      a.beforeRequest(say('before 1'))
      a.beforeRequest(say('before 2'))
      for (const text of ['after 1', 'after 2']) {
        a.afterRequest((r) => {
          log.push(text)
          return r
        })
      }
      a.teardownRequest(say('teardown 1'))
      a.teardownRequest(say('teardown 2'))
      a.teardownAppcontext(say('teardown app'))
      a.contextProcessor(() => ({ p: 'P' }))
      a.templateFilter((s: string) => s.repeat(2), 'twice')
      a.templateTest((n: number) => n === 2, 'two')
      a.templateGlobal(() => 'G', 'glob')
      a.urlValuePreprocessor((e, v) => {
        log.push([e, { ...v }])
      })
      a.errorhandler(RangeError, () => 'handled')
      a.get('/i/<int:n>', { endpoint: 'index' }, ({ n }) => {
        afterThisRequest((r) => {
          r.headers.set('X-A', '1')
          return r
        })
        flash('m', 'c')
        g.x = 1
        session.s = n
        return makeResponse(
          renderTemplateString(
            "{{ p }} {{ 'a'|twice }} {{ 2 is two }} {{ glob() }} {{ g.x }} {{ request.path }} {{ session.s }} {{ get_flashed_messages(True) }}",
          ),
          201,
        )
      })
      a.post('/boom', { endpoint: 'boom' }, () => {
        throw new RangeError()
      })
      a.get('/r', { endpoint: 'r' }, () => a.redirect('/c'))
      a.get('/c', { endpoint: 'c' }, () => {
        const inRequest = hasRequestContext() ? 'True' : 'False'
        return `${request.cookies.get('k', '-')}${inRequest}${currentApp.name}`
      })
      const client = a.testClient()
      const r = await client.get('/i/5')
      const seen = [...log]
      client.setCookie('k', 'v w')
      const f = await client.get('/r', { followRedirects: true })
      const k = client.getCookie('k')?.decodedValue
      client.deleteCookie('k')
      return [
        r.status,
        r.text,
        r.headers.getItem('X-A'),
        r.headers.getItem('Vary'),
        seen,
        (await client.post('/boom')).text,
        f.text,
        f.history.map(({ statusCode }) => statusCode),
        f.request.path,
        k,
        (await client.get('/c')).text,
        hasAppContext(),
        hasRequestContext(),
        a.makeResponse(['x', 202, { X: 'y' }]).status,
      ]
    },
  ),
]
