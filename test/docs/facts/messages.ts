import * as errors from '../../../src/index.ts'
import { BadRequest, MIMEAccept, Response } from '../../../src/index.ts'
import { fact, outcome } from './fact.ts'
import { request } from './requests.ts'

const MODIFIED = 'Sat, 01 Feb 2020 10:00:00 GMT'
const HEADERS: Record<string, string> = {
  Accept: 'text/html;q=0.8, application/json',
  'Accept-Charset': 'utf-8;q=0.5, latin1',
  'Accept-Encoding': 'gzip, br;q=0.9',
  'Accept-Language': 'de, en;q=0.5',
  'Access-Control-Request-Headers': 'x-a, x-b',
  'Access-Control-Request-Method': 'PUT',
  Authorization: 'Basic YTpi',
  'Cache-Control': 'max-age=3',
  'Content-Encoding': 'gzip',
  'Content-MD5': 'abc',
  Cookie: 'a=b; c=d',
  Date: MODIFIED,
  'If-Match': '"a"',
  'If-Modified-Since': MODIFIED,
  'If-None-Match': 'W/"b"',
  'If-Range': '"c"',
  'If-Unmodified-Since': MODIFIED,
  'Max-Forwards': '4',
  Origin: 'http://o',
  Pragma: 'no-cache',
  Range: 'bytes=0-4',
  Referer: 'http://r/',
  'User-Agent': 'ua',
  'X-Forwarded-For': '1.1.1.1, 2.2.2.2',
}

/** Requests and responses. */
export const MESSAGES = [
  fact(
    'Request: accept_charsets accept_encodings accept_languages accept_mimetypes access_control_request_headers access_control_request_method access_route authorization cache_control content_encoding content_md5 cookies date if_match if_modified_since if_none_match if_range if_unmodified_since max_forwards origin pragma range referrer user_agent',
    `r = req(headers=${JSON.stringify(HEADERS)})
[r.accept_charsets, r.accept_encodings, r.accept_languages, r.accept_mimetypes, r.access_control_request_headers, r.access_control_request_method, r.access_route, r.authorization, r.cache_control.max_age, r.content_encoding, r.content_md5, r.cookies, r.date, r.if_match, r.if_modified_since, r.if_none_match, r.if_range, r.if_unmodified_since, r.max_forwards, r.origin, r.pragma, r.range, r.referrer, str(r.user_agent)]`,
    () => {
      const r = request('/', { headers: HEADERS })
      return [
        r.acceptCharsets,
        r.acceptEncodings,
        r.acceptLanguages,
        r.acceptMimetypes,
        r.accessControlRequestHeaders,
        r.accessControlRequestMethod,
        r.accessRoute,
        r.authorization?.toHeader(),
        r.cacheControl.maxAge,
        r.contentEncoding,
        r.contentMd5,
        r.cookies,
        r.date,
        r.ifMatch.toHeader(),
        r.ifModifiedSince,
        r.ifNoneMatch.toHeader(),
        r.ifRange.toHeader(),
        r.ifUnmodifiedSince,
        r.maxForwards,
        r.origin,
        r.pragma,
        r.range?.toHeader(),
        r.referrer,
        String(r.userAgent),
      ]
    },
  ),
  fact(
    'Request: args base_url full_path host host_url is_secure method path query_string root_path root_url scheme script_root url url_root values',
    `r = req("/ü/x?a=1&b=2&a=%C3%BC", base_url="https://h.x:8443/mount")
e = req("/")
[r.args, r.base_url, r.full_path, r.host, r.host_url, r.is_secure, r.method, r.path, r.query_string.decode(), r.root_path, r.root_url, r.scheme, r.script_root, r.url, r.url_root, r.values, e.full_path, e.url, e.query_string.decode(), e.script_root, e.host]`,
    () => {
      const r = request('/ü/x?a=1&b=2&a=%C3%BC', { baseUrl: 'https://h.x:8443/mount' })
      const e = request('/')
      return [
        r.args,
        r.baseUrl,
        r.fullPath,
        r.host,
        r.hostUrl,
        r.isSecure,
        r.method,
        r.path,
        r.queryString,
        r.rootPath,
        r.rootUrl,
        r.scheme,
        r.scriptRoot,
        r.url,
        r.urlRoot,
        r.values,
        e.fullPath,
        e.url,
        e.queryString,
        e.scriptRoot,
        e.host,
      ]
    },
  ),
  fact(
    'Request: accept_mimetypes accept_languages access_control_request_headers authorization cache_control content_length content_type cookies date endpoint blueprint blueprints if_match if_range is_json json max_content_length max_form_memory_size max_form_parts max_forwards mimetype mimetype_params origin pragma range referrer remote_addr trusted_hosts url_rule user_agent view_args want_form_data_parsed',
    `r = req()
[r.accept_mimetypes, r.accept_languages, r.access_control_request_headers, r.authorization, r.cache_control.to_header(), r.content_length, r.content_type, r.cookies, r.date, r.endpoint, r.blueprint, r.blueprints, r.if_match, r.if_range, r.is_json, type(attempt(lambda: r.json)).__name__, r.get_json(silent=True), r.max_content_length, r.max_form_memory_size, r.max_form_parts, r.max_forwards, r.mimetype, r.mimetype_params, r.origin, r.pragma, r.range, r.referrer, r.remote_addr, r.trusted_hosts, r.url_rule, r.view_args, r.want_form_data_parsed]`,
    () => {
      const r = request()
      return [
        r.acceptMimetypes,
        r.acceptLanguages,
        r.accessControlRequestHeaders,
        r.authorization,
        r.cacheControl.toHeader(),
        r.contentLength,
        r.contentType,
        r.cookies,
        r.date,
        r.endpoint,
        r.blueprint,
        r.blueprints,
        r.ifMatch.toHeader(),
        r.ifRange.toHeader(),
        r.isJson,
        (outcome(() => r.json) as { $error: string }).$error,
        r.getJson({ silent: true }),
        r.maxContentLength,
        r.maxFormMemorySize,
        r.maxFormParts,
        r.maxForwards,
        r.mimetype,
        r.mimetypeParams,
        r.origin,
        r.pragma,
        r.range,
        r.referrer,
        r.remoteAddr,
        r.trustedHosts,
        r.urlRule,
        r.viewArgs,
        r.wantFormDataParsed,
      ]
    },
  ),
  fact(
    'Response: accept_ranges access_control_allow_credentials access_control_allow_headers access_control_allow_methods access_control_allow_origin access_control_expose_headers access_control_max_age age allow cache_control content_encoding content_language content_length content_location content_md5 content_range content_security_policy content_security_policy_report_only cross_origin_embedder_policy cross_origin_opener_policy date expires last_modified location retry_after vary www_authenticate headers',
    `r = Response()
r.accept_ranges = "bytes"
r.access_control_allow_credentials = True
r.access_control_allow_headers = ["x-a", "x-b"]
r.access_control_allow_methods = ["GET"]
r.access_control_allow_origin = "*"
r.access_control_expose_headers = ["x-c"]
r.access_control_max_age = 5
r.age = 7
r.allow.add("GET")
r.allow.add("PUT")
r.cache_control.no_store = True
r.content_encoding = "gzip"
r.content_language.add("de")
r.content_location = "/ü"
r.content_md5 = "m"
r.content_range.set(0, 5, 10)
r.content_security_policy.default_src = "'self'"
r.content_security_policy_report_only.img_src = "*"
r.cross_origin_embedder_policy = COEP.REQUIRE_CORP
r.cross_origin_opener_policy = COOP.SAME_ORIGIN
r.date = 0
r.expires = datetime.datetime(2020, 1, 2)
r.last_modified = 5
r.location = "/x"
r.retry_after = 120
r.vary.update(["Cookie", "Accept"])
r.www_authenticate = WWWAuthenticate("basic", {"realm": "r"})
sorted(f"{name.lower()}: {value}" for name, value in r.headers)`,
    () => {
      const r = new Response()
      r.acceptRanges = 'bytes'
      r.accessControlAllowCredentials = true
      r.accessControlAllowHeaders = ['x-a', 'x-b']
      r.accessControlAllowMethods = ['GET']
      r.accessControlAllowOrigin = '*'
      r.accessControlExposeHeaders = ['x-c']
      r.accessControlMaxAge = 5
      r.age = 7
      r.allow.add('GET')
      r.allow.add('PUT')
      r.cacheControl.noStore = true
      r.contentEncoding = 'gzip'
      r.contentLanguage.add('de')
      r.contentLocation = '/ü'
      r.contentMd5 = 'm'
      r.contentRange.set(0, 5, 10)
      r.contentSecurityPolicy.defaultSrc = "'self'"
      r.contentSecurityPolicyReportOnly.imgSrc = '*'
      r.crossOriginEmbedderPolicy = 'require-corp'
      r.crossOriginOpenerPolicy = 'same-origin'
      r.date = 0
      r.expires = new Date(Date.UTC(2020, 0, 2))
      r.lastModified = 5
      r.location = '/x'
      r.retryAfter = 120
      r.vary.update(['Cookie', 'Accept'])
      r.wwwAuthenticate = new errors.WWWAuthenticate('basic', { realm: 'r' })
      return [...r.headers.items()]
        .map(([name, value]) => `${name.toLowerCase()}: ${value}`)
        .toSorted()
    },
  ),
  fact(
    'Response: accept_ranges access_control_allow_credentials access_control_allow_headers access_control_max_age age allow cache_control content_encoding content_length content_location content_md5 content_range content_security_policy cross_origin_embedder_policy cross_origin_opener_policy date expires last_modified location retry_after vary www_authenticate is_json is_sequence is_streamed data get_data calculate_content_length mimetype mimetype_params content_type status status_code direct_passthrough automatically_set_content_length autocorrect_location_header implicit_sequence_conversion default_mimetype default_status max_cookie_size',
    `r = Response("ü")
[r.accept_ranges, r.access_control_allow_credentials, r.access_control_allow_headers, r.access_control_max_age, r.age, r.allow, r.cache_control.to_header(), r.content_encoding, r.content_length, r.content_location, r.content_md5, r.content_range, r.content_security_policy, r.cross_origin_embedder_policy, r.cross_origin_opener_policy, r.date, r.expires, r.last_modified, r.location, r.retry_after, r.vary, r.www_authenticate.type, r.is_json, r.is_sequence, r.is_streamed, r.data, r.get_data(as_text=True), r.calculate_content_length(), r.mimetype, r.mimetype_params, r.content_type, r.status, r.status_code, r.direct_passthrough, r.automatically_set_content_length, r.autocorrect_location_header, r.implicit_sequence_conversion, Response.default_mimetype, Response.default_status, r.max_cookie_size]`,
    () => {
      const r = new Response('ü')
      return [
        r.acceptRanges,
        r.accessControlAllowCredentials,
        r.accessControlAllowHeaders,
        r.accessControlMaxAge,
        r.age,
        r.allow.toHeader(),
        r.cacheControl.toHeader(),
        r.contentEncoding,
        r.contentLength,
        r.contentLocation,
        r.contentMd5,
        r.contentRange.toHeader(),
        r.contentSecurityPolicy.toHeader() === '' ? {} : null,
        r.crossOriginEmbedderPolicy,
        r.crossOriginOpenerPolicy,
        r.date,
        r.expires,
        r.lastModified,
        r.location,
        r.retryAfter,
        r.vary.toHeader(),
        r.wwwAuthenticate.type,
        r.isJson,
        r.isSequence,
        r.isStreamed,
        r.data,
        r.getData({ asText: true }),
        r.calculateContentLength(),
        r.mimetype,
        r.mimetypeParams,
        r.contentType,
        r.status,
        r.statusCode,
        r.directPassthrough,
        r.automaticallySetContentLength,
        r.autocorrectLocationHeader,
        r.implicitSequenceConversion,
        Response.defaultMimetype,
        Response.defaultStatus,
        r.maxCookieSize,
      ]
    },
  ),
  fact(
    'Response: status status_code set_data data get_json json mimetype content_type content_length iter_encoded make_sequence freeze response',
    `r = Response('{"a": 1}', 201, mimetype="application/json")
o = [r.status, r.json, r.get_json(), r.is_json, r.content_type]
r.status = "418 TEA"
o += [r.status, r.status_code]
r.status_code = 404
o += [r.status]
r.status = 299
o += [r.status]
r.set_data("xyz")
o += [r.data, r.content_length, list(r.iter_encoded())]
g = Response(x for x in ["a", "b"])
o += [g.is_streamed, g.is_sequence, g.calculate_content_length()]
g.make_sequence()
o += [g.is_sequence, g.data]
f = Response("abc")
f.freeze()
r.mimetype = "text/css"
o + [f.headers["Content-Length"], f.get_etag(), r.content_type, attempt(lambda: Response("x").json) is None, Response("x", mimetype="application/json").get_json(silent=True)]`,
    () => {
      const r = new Response('{"a": 1}', { status: 201, mimetype: 'application/json' })
      const o: unknown[] = [r.status, r.json, r.getJson(), r.isJson, r.contentType]
      r.status = '418 TEA'
      o.push(r.status, r.statusCode)
      r.statusCode = 404
      o.push(r.status)
      r.status = 299
      o.push(r.status)
      r.setData('xyz')
      o.push(r.data, r.contentLength, r.iterEncoded())
      const letters = function* (): Generator<string> {
        yield 'a'
        yield 'b'
      }
      const g = new Response(letters())
      o.push(g.isStreamed, g.isSequence, g.calculateContentLength())
      g.makeSequence()
      o.push(g.isSequence, g.data)
      const f = new Response('abc')
      f.freeze()
      r.mimetype = 'text/css'
      return [
        ...o,
        f.headers.getItem('Content-Length'),
        f.getEtag(),
        r.contentType,
        new Response('x').json === null,
        new Response('x', { mimetype: 'application/json' }).getJson({ silent: true }),
      ]
    },
  ),
  fact(
    'Response: set_cookie delete_cookie set_etag get_etag add_etag headers',
    `r = Response("abc")
r.set_cookie("a", "b", max_age=60, httponly=True, samesite="Strict", path="/p", domain="d.x") if False else r.set_cookie("a", "b", httponly=True, samesite="Strict", path="/p", domain="d.x", secure=True)
r.delete_cookie("c", path="/q")
r.set_etag("t", weak=True)
e = r.get_etag()
n = Response("abc")
n.add_etag()
m = n.get_etag()
n.add_etag(weak=True)
n2 = n.get_etag()
n.add_etag(overwrite=True, weak=True)
[r.headers.getlist("Set-Cookie"), e, m, n2, n.get_etag(), Response().get_etag()]`,
    () => {
      const r = new Response('abc')
      r.setCookie('a', 'b', {
        httponly: true,
        samesite: 'Strict',
        path: '/p',
        domain: 'd.x',
        secure: true,
      })
      r.deleteCookie('c', { path: '/q' })
      r.setEtag('t', { weak: true })
      const e = r.getEtag()
      const n = new Response('abc')
      n.addEtag()
      const m = n.getEtag()
      n.addEtag({ weak: true })
      const n2 = n.getEtag()
      n.addEtag({ overwrite: true, weak: true })
      return [r.headers.getlist('Set-Cookie'), e, m, n2, n.getEtag(), new Response().getEtag()]
    },
  ),
  fact(
    'Response: make_conditional call_on_close close',
    `seen = []
r = Response("hello")
r.set_etag("t")
r.call_on_close(lambda: seen.append(1))
r.make_conditional(req(headers={"If-None-Match": '"t"'}).environ)
p = Response("hello")
p.make_conditional(req(headers={"Range": "bytes=1-2"}).environ, accept_ranges=True, complete_length=5)
b = attempt(lambda: Response("hello").make_conditional(req(headers={"Range": "bytes=9-"}).environ, accept_ranges=True, complete_length=5))
r.close()
[r.status_code, p.status_code, p.headers["Content-Range"], p.headers["Accept-Ranges"], p.content_length, seen, b]`,
    () => {
      const seen: number[] = []
      const r = new Response('hello')
      r.setEtag('t')
      r.callOnClose(() => seen.push(1))
      r.makeConditional(request('/', { headers: { 'If-None-Match': '"t"' } }))
      const p = new Response('hello')
      p.makeConditional(request('/', { headers: { Range: 'bytes=1-2' } }), {
        acceptRanges: true,
        completeLength: 5,
      })
      const b = outcome(() =>
        new Response('hello').makeConditional(request('/', { headers: { Range: 'bytes=9-' } }), {
          acceptRanges: true,
          completeLength: 5,
        }),
      )
      r.close()
      return [
        r.statusCode,
        p.statusCode,
        p.headers.getItem('Content-Range'),
        p.headers.getItem('Accept-Ranges'),
        p.contentLength,
        seen,
        b,
      ]
    },
  ),
  fact(
    'Request.accept_mimetypes flask.Request',
    `req(headers={"Accept": "text/html"}).accept_mimetypes.best_match(["application/json", "text/html"])`,
    () => {
      const { acceptMimetypes } = request('/', { headers: { Accept: 'text/html' } })
      return acceptMimetypes instanceof MIMEAccept
        ? acceptMimetypes.bestMatch(['application/json', 'text/html'])
        : null
    },
  ),
  fact(
    'werkzeug.exceptions.BadRequest HTTPException.code HTTPException.name HTTPException.description HTTPException.get_body HTTPException.get_description HTTPException.get_headers HTTPException.get_response HTTPException.response',
    `e = NotFound("<no>")
r = BadRequest(response=Response("mine", 402))
[e.code, e.name, e.description, e.get_body(), e.get_description(), e.get_headers(), e.get_response().status, e.response, r.get_response().data, HTTPException("x").code, MethodNotAllowed(["GET", "PUT"]).get_headers(), RequestedRangeNotSatisfiable(10).get_headers(), TooManyRequests(retry_after=5).get_headers(), Unauthorized(www_authenticate=WWWAuthenticate("basic", {"realm": "r"})).get_headers(), str(e)]`,
    () => httpErrors(),
  ),
  fact(
    'werkzeug.exceptions: default_exceptions abort Aborter',
    `from werkzeug.exceptions import default_exceptions, Aborter
[[code, error.__name__, error.description] for code, error in default_exceptions.items()] + [attempt(lambda: abort(404)), attempt(lambda: abort(999)), attempt(lambda: abort(Response("x"))), attempt(lambda: Aborter({1: ImATeapot})(1)), attempt(lambda: Aborter(extra={1: ImATeapot})(1))]`,
    () => [
      ...Array.from(errors.defaultExceptions, ([code, error]) => [
        code,
        error.name,
        (error as unknown as { description: string }).description,
      ]),
      outcome(() => errors.abort(404)),
      outcome(() => errors.abort(999)),
      outcome(() => errors.abort(new Response('x'))),
      outcome(() => new errors.Aborter(new Map([[1, errors.ImATeapot]])).abort(1)),
      outcome(() => new errors.Aborter(undefined, new Map([[1, errors.ImATeapot]])).abort(1)),
    ],
  ),
]

function httpErrors(): unknown[] {
  const e = new errors.NotFound('<no>')
  const r = new BadRequest(null, { response: new Response('mine', 402) })
  const basic = new errors.WWWAuthenticate('basic', { realm: 'r' })
  return [
    e.code,
    e.name,
    e.description,
    e.getBody(),
    e.getDescription(),
    e.getHeaders(),
    (e.getResponse() as Response).status,
    e.response,
    (r.getResponse() as Response).data,
    new errors.HTTPException('x').code,
    new errors.MethodNotAllowed(['GET', 'PUT']).getHeaders(),
    new errors.RequestedRangeNotSatisfiable(10).getHeaders(),
    new errors.TooManyRequests(null, { retryAfter: 5 }).getHeaders(),
    new errors.Unauthorized(null, { wwwAuthenticate: basic }).getHeaders(),
    String(e),
  ]
}
