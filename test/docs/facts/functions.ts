import {
  type BadSignature,
  base64Decode,
  base64Encode,
  COEP,
  COOP,
  checkPasswordHash,
  dumpAge,
  dumpCookie,
  dumpCspHeader,
  dumpHeader,
  dumpOptionsHeader,
  escape as escapeMarkup,
  escapeSilent,
  generateEtag,
  generatePasswordHash,
  genSalt,
  getContentType,
  Headers,
  httpDate,
  iriToUri,
  isByteRangeValid,
  isEntityHeader,
  isHopByHopHeader,
  isResourceModified,
  Markup,
  MIMEAccept,
  parseAcceptHeader,
  parseAge,
  parseCacheControlHeader,
  parseContentRangeHeader,
  parseCookie,
  parseCspHeader,
  parseDate,
  parseDictHeader,
  parseEtags,
  parseIfRangeHeader,
  parseListHeader,
  parseOptionsHeader,
  parseRangeHeader,
  parseSetHeader,
  quoteEtag,
  quoteHeaderValue,
  removeEntityHeaders,
  removeHopByHopHeaders,
  Serializer,
  Signer,
  safeJoin,
  secureFilename,
  TimestampSigner,
  URLSafeSerializer,
  URLSafeTimedSerializer,
  unquoteEtag,
  unquoteHeaderValue,
  uriToIri,
} from '../../../src/index.ts'
import { fact, outcome } from './fact.ts'

const MODIFIED = 'Sat, 01 Feb 2020 10:00:00 GMT'

/** Functions of werkzeug.http, werkzeug.utils, werkzeug.urls, markupsafe, werkzeug.security, itsdangerous. */
export const FUNCTIONS = [
  fact(
    'werkzeug.http.dump_cookie werkzeug.http.parse_cookie',
    `[dump_cookie("a", "b c;d", path="/p", domain="x.y", secure=True, httponly=True, samesite="Lax", partitioned=True), dump_cookie("a"), dump_cookie("a", "ü"), parse_cookie('a=b; c="d e"; f; g=1; a=2')]`,
    () => [
      dumpCookie('a', 'b c;d', {
        path: '/p',
        domain: 'x.y',
        secure: true,
        httponly: true,
        samesite: 'Lax',
        partitioned: true,
      }),
      dumpCookie('a'),
      dumpCookie('a', 'ü'),
      parseCookie('a=b; c="d e"; f; g=1; a=2'),
    ],
  ),
  fact(
    'werkzeug.http: dump_header dump_options_header quote_header_value unquote_header_value',
    `[dump_header(["a", "b c"]), dump_header({"a": "1", "b": None, "c": "x y"}), dump_options_header("text/html", {"charset": "utf-8", "q": None}), dump_options_header(None, {"a": "b"}), dump_options_header("a", {"f": "ü x"}), quote_header_value("a b"), quote_header_value("ab"), quote_header_value(""), quote_header_value("ab", allow_token=False), unquote_header_value('"a b"'), unquote_header_value("x")]`,
    () => [
      dumpHeader(['a', 'b c']),
      dumpHeader({ a: '1', b: null, c: 'x y' }),
      dumpOptionsHeader('text/html', { charset: 'utf-8', q: null }),
      dumpOptionsHeader(null, { a: 'b' }),
      dumpOptionsHeader('a', { f: 'ü x' }),
      quoteHeaderValue('a b'),
      quoteHeaderValue('ab'),
      quoteHeaderValue(''),
      quoteHeaderValue('ab', false),
      unquoteHeaderValue('"a b"'),
      unquoteHeaderValue('x'),
    ],
  ),
  fact(
    'werkzeug.http: parse_list_header parse_dict_header parse_set_header parse_options_header',
    `[parse_list_header('a, "b, c", d'), parse_dict_header('a=1, b="x y", c'), parse_set_header('a, "b c"').as_set(True), parse_options_header('a/b; x="1;2"; Z=3'), parse_options_header(None)]`,
    () => [
      parseListHeader('a, "b, c", d'),
      parseDictHeader('a=1, b="x y", c'),
      parseSetHeader('a, "b c"').asSet(true),
      parseOptionsHeader('a/b; x="1;2"; Z=3'),
      parseOptionsHeader(null),
    ],
  ),
  fact(
    'werkzeug.http: parse_accept_header parse_cache_control_header parse_csp_header dump_csp_header',
    `[parse_accept_header("text/html;q=0.5, */*;q=0.1, application/json", MIMEAccept), parse_cache_control_header("max-age=3, no-store").to_header(), parse_csp_header("default-src 'self'; img-src *; x").to_header(), dump_csp_header(parse_csp_header("a b"))]`,
    () => [
      parseAcceptHeader('text/html;q=0.5, */*;q=0.1, application/json', MIMEAccept),
      parseCacheControlHeader('max-age=3, no-store').toHeader(),
      parseCspHeader("default-src 'self'; img-src *; x").toHeader(),
      dumpCspHeader(parseCspHeader('a b')),
    ],
  ),
  fact(
    'werkzeug.http: parse_range_header parse_content_range_header parse_if_range_header is_byte_range_valid',
    `[parse_range_header("bytes=0-4,7-").ranges, parse_range_header("bytes=-3").ranges, parse_range_header("bytes=4-2"), parse_range_header("x"), parse_content_range_header("bytes 0-4/10").to_header(), parse_content_range_header("bytes */7").to_header(), parse_content_range_header("bytes 4-2/x"), parse_if_range_header('"a"').etag, parse_if_range_header("${MODIFIED}").date, is_byte_range_valid(0, 5, 10), is_byte_range_valid(5, 5, 10), is_byte_range_valid(None, 1, 2), is_byte_range_valid(None, None, 2), is_byte_range_valid(0, None, None)]`,
    () => [
      parseRangeHeader('bytes=0-4,7-')?.ranges,
      parseRangeHeader('bytes=-3')?.ranges,
      parseRangeHeader('bytes=4-2'),
      parseRangeHeader('x'),
      parseContentRangeHeader('bytes 0-4/10')?.toHeader(),
      parseContentRangeHeader('bytes */7')?.toHeader(),
      parseContentRangeHeader('bytes 4-2/x'),
      parseIfRangeHeader('"a"').etag,
      parseIfRangeHeader(MODIFIED).date,
      isByteRangeValid(0, 5, 10),
      isByteRangeValid(5, 5, 10),
      isByteRangeValid(null, 1, 2),
      isByteRangeValid(null, null, 2),
      isByteRangeValid(0, null, null),
    ],
  ),
  fact(
    'werkzeug.http: parse_etags quote_etag unquote_etag generate_etag',
    `[parse_etags('"a", W/"b", c').as_set(True), parse_etags("*").to_header(), quote_etag("x"), quote_etag("x", weak=True), attempt(lambda: quote_etag('a"b')), unquote_etag('W/"a"'), unquote_etag('"a"'), unquote_etag(None), generate_etag(b"abc")]`,
    () => [
      parseEtags('"a", W/"b", c').asSet(true),
      parseEtags('*').toHeader(),
      quoteEtag('x'),
      quoteEtag('x', true),
      outcome(() => quoteEtag('a"b')),
      unquoteEtag('W/"a"'),
      unquoteEtag('"a"'),
      unquoteEtag(null),
      generateEtag(Buffer.from('abc')),
    ],
  ),
  fact(
    'werkzeug.http: http_date parse_date parse_age dump_age',
    `[http_date(datetime.datetime(2020, 1, 2, 3, 4, 5)), http_date(0), parse_date("${MODIFIED}"), parse_date("Sunday, 06-Nov-94 08:49:37 GMT"), parse_date("x"), parse_date(None), parse_age("12"), parse_age("-1"), parse_age("x"), dump_age(12), dump_age(None)]`,
    () => [
      httpDate(new Date(Date.UTC(2020, 0, 2, 3, 4, 5))),
      httpDate(0),
      parseDate(MODIFIED),
      parseDate('Sunday, 06-Nov-94 08:49:37 GMT'),
      parseDate('x'),
      parseDate(null),
      parseAge('12'),
      parseAge('-1'),
      parseAge('x'),
      dumpAge(12),
      dumpAge(null),
    ],
  ),
  fact(
    'werkzeug.http: is_entity_header is_hop_by_hop_header remove_entity_headers remove_hop_by_hop_headers COEP COOP',
    `h = Headers([("Content-Type", "a"), ("Expires", "b"), ("X", "c"), ("TE", "d")])
remove_entity_headers(h)
i = h.copy()
remove_hop_by_hop_headers(i)
[h, i, is_entity_header("Content-Type"), is_entity_header("x"), is_hop_by_hop_header("Connection"), is_hop_by_hop_header("x"), [COEP.UNSAFE_NONE, COEP.REQUIRE_CORP], [COOP.UNSAFE_NONE, COOP.SAME_ORIGIN_ALLOW_POPUPS, COOP.SAME_ORIGIN]]`,
    () => {
      const h = new Headers([
        ['Content-Type', 'a'],
        ['Expires', 'b'],
        ['X', 'c'],
        ['TE', 'd'],
      ])
      removeEntityHeaders(h)
      const i = h.copy()
      removeHopByHopHeaders(i)
      return [
        h,
        i,
        isEntityHeader('Content-Type'),
        isEntityHeader('x'),
        isHopByHopHeader('Connection'),
        isHopByHopHeader('x'),
        [COEP.UNSAFE_NONE, COEP.REQUIRE_CORP],
        [COOP.UNSAFE_NONE, COOP.SAME_ORIGIN_ALLOW_POPUPS, COOP.SAME_ORIGIN],
      ]
    },
  ),
  fact(
    'werkzeug.http.is_resource_modified',
    `e = lambda **h: {"REQUEST_METHOD": "GET", **h}
[is_resource_modified(e()), is_resource_modified(e(HTTP_IF_NONE_MATCH='"a"'), etag="a"), is_resource_modified(e(HTTP_IF_NONE_MATCH='"b"'), etag="a"), is_resource_modified(e(HTTP_IF_MODIFIED_SINCE="${MODIFIED}"), last_modified=parse_date("${MODIFIED}"))]`,
    () => [
      isResourceModified({}),
      isResourceModified({ ifNoneMatch: '"a"', etag: 'a' }),
      isResourceModified({ ifNoneMatch: '"b"', etag: 'a' }),
      isResourceModified({ ifModifiedSince: MODIFIED, lastModified: parseDate(MODIFIED) }),
    ],
  ),
  fact(
    'werkzeug.utils: secure_filename get_content_type',
    `[secure_filename("../../etc/pass wd"), secure_filename("ü.txt"), secure_filename("CON"), get_content_type("text/html", "utf-8"), get_content_type("application/json", "utf-8"), get_content_type("image/svg+xml", "utf-8"), get_content_type("application/javascript", "ascii")]`,
    () => [
      secureFilename('../../etc/pass wd'),
      secureFilename('ü.txt'),
      secureFilename('CON'),
      getContentType('text/html'),
      getContentType('application/json'),
      getContentType('image/svg+xml'),
      getContentType('application/javascript', 'ascii'),
    ],
  ),
  fact(
    'werkzeug.urls: iri_to_uri uri_to_iri',
    `[iri_to_uri("http://ü.de/ü?q=ü#ü"), uri_to_iri("http://xn--tda.de/%C3%BC?q=%C3%BC&r=%26"), iri_to_uri("/a b%20c"), uri_to_iri("/%2F%FF")]`,
    () => [
      iriToUri('http://ü.de/ü?q=ü#ü'),
      uriToIri('http://xn--tda.de/%C3%BC?q=%C3%BC&r=%26'),
      iriToUri('/a b%20c'),
      uriToIri('/%2F%FF'),
    ],
  ),
  fact(
    'markupsafe: escape escape_silent Markup',
    `[escape("<&>\\"'"), escape(Markup("<b>")), escape_silent(None), escape_silent("<"), Markup("<b>"), escape(5)]`,
    () => [
      escapeMarkup('<&>"\''),
      escapeMarkup(new Markup('<b>')),
      escapeSilent(null),
      escapeSilent('<'),
      new Markup('<b>'),
      escapeMarkup(5),
    ],
  ),
  fact(
    'Markup: format join split striptags unescape escape capitalize lower upper strip replace title',
    `m = Markup("<b>a&amp;</b> b")
[m.format(), Markup("<i>{}</i>{x}").format("<", x="&"), Markup("<br>").join(["<", Markup("<i>")]), m.split(" "), m.striptags(), m.unescape(), Markup.escape("<"), m.capitalize(), m.lower(), m.upper(), Markup(" a ").strip(), m.replace("a", "<"), m.title()]`,
    () => {
      const m = new Markup('<b>a&amp;</b> b')
      return [
        m.format(),
        new Markup('<i>{}</i>{x}').format('<', { x: '&' }),
        new Markup('<br>').join(['<', new Markup('<i>')]),
        m.split(' '),
        m.striptags(),
        m.unescape(),
        Markup.escape('<'),
        m.capitalize(),
        m.lower(),
        m.upper(),
        new Markup(' a ').strip(),
        m.replace('a', '<'),
        m.title(),
      ]
    },
  ),
  fact(
    'werkzeug.security: check_password_hash generate_password_hash gen_salt safe_join',
    `h = generate_password_hash("p", "pbkdf2:sha256:1000")
[check_password_hash(h, "p"), check_password_hash(h, "q"), h.split("$")[0], len(h.split("$")[1]), len(gen_salt(5)), gen_salt(3).isalnum(), attempt(lambda: gen_salt(0)), attempt(lambda: generate_password_hash("p", "x")), check_password_hash("pbkdf2:sha256:1000$x$" + "0" * 64, "p"), check_password_hash("x", "p"), safe_join("/a", "b/c"), safe_join("/a", "../b"), safe_join("/a", "/b"), safe_join("/a", "b", "c.txt")]`,
    () => {
      const h = generatePasswordHash('p', 'pbkdf2:sha256:1000')
      return [
        checkPasswordHash(h, 'p'),
        checkPasswordHash(h, 'q'),
        h.split('$')[0],
        h.split('$')[1]?.length,
        genSalt(5).length,
        /^[a-zA-Z0-9]+$/.test(genSalt(3)),
        outcome(() => genSalt(0)),
        outcome(() => generatePasswordHash('p', 'x')),
        checkPasswordHash(`pbkdf2:sha256:1000$x$${'0'.repeat(64)}`, 'p'),
        checkPasswordHash('x', 'p'),
        safeJoin('/a', 'b/c'),
        safeJoin('/a', '../b'),
        safeJoin('/a', '/b'),
        safeJoin('/a', 'b', 'c.txt'),
      ]
    },
  ),
  fact(
    'itsdangerous: Signer Serializer URLSafeSerializer BadSignature base64_decode base64_encode Signer.sign Signer.unsign Signer.validate Signer.verify_signature Signer.get_signature Signer.derive_key Signer.secret_key',
    `s = Signer("k", salt="s")
both = Signer(["old", "new"])
[v.decode() if isinstance(v, bytes) else v for v in [s.sign("v"), s.unsign(s.sign("v")), s.validate("x"), s.validate(s.sign("v")), s.verify_signature("v", s.get_signature("v")), s.get_signature("v"), s.derive_key().hex(), s.secret_key, attempt(lambda: s.unsign("v.x")), Serializer("k").dumps({"a": [1, None]}), URLSafeSerializer("k").dumps("x" * 100), URLSafeSerializer("k").loads(URLSafeSerializer("k").dumps([1])), base64_encode("a?>"), base64_decode("YT8-"), both.sign("v"), both.unsign(Signer("old").sign("v"))]]`,
    () => {
      const s = new Signer('k', { salt: 's' })
      const text = (value: unknown): unknown =>
        value instanceof Uint8Array ? Buffer.from(value).toString('latin1') : value
      const both = new Signer(['old', 'new'])
      return [
        s.sign('v'),
        s.unsign(s.sign('v')),
        s.validate('x'),
        s.validate(s.sign('v')),
        s.verifySignature('v', s.getSignature('v')),
        s.getSignature('v'),
        Buffer.from(s.deriveKey()).toString('hex'),
        text(s.secretKey),
        outcome(() => s.unsign('v.x')),
        new Serializer('k').dumps({ a: [1, null] }),
        new URLSafeSerializer('k').dumps('x'.repeat(100)),
        new URLSafeSerializer('k').loads(new URLSafeSerializer('k').dumps([1])),
        base64Encode('a?>'),
        text(base64Decode('YT8-')),
        both.sign('v'),
        both.unsign(new Signer('old').sign('v')),
      ].map(text)
    },
  ),
  fact(
    'Serializer: dumps loads loads_unsafe dump dump_payload load_payload make_signer iter_unsigners secret_key default_signer default_serializer',
    `s = URLSafeTimedSerializer("k", salt="s")
d = s.dumps({"a": 1})
f = io.StringIO()
s.dump([1], f)
[s.loads(d), s.loads(d, max_age=10, return_timestamp=False), s.loads_unsafe(d + "x"), s.loads_unsafe("x"), s.loads_unsafe(d), s.dump_payload({"a": 1}).decode(), s.load_payload(b"eyJhIjoxfQ"), attempt(lambda: s.load_payload(b"!")), type(s.make_signer()).__name__, len(list(s.iter_unsigners())), s.secret_key.decode(), s.loads(f.getvalue()), attempt(lambda: s.loads("x")), attempt(lambda: s.loads(d, salt="t")), s.default_signer.__name__, s.default_serializer.dumps({"a": [1]})]`,
    () => {
      const s = new URLSafeTimedSerializer('k', 's')
      const d = s.dumps({ a: 1 })
      let written = ''
      s.dump([1], {
        write: (text) => {
          written += text
        },
      })
      const protectedSide = s as unknown as {
        defaultSigner(): { name: string }
        defaultSerializer(): { dumps(value: unknown): string }
      }
      return [
        s.loads(d),
        s.loads(d, { maxAge: 10 }),
        s.loadsUnsafe(`${d}x`),
        s.loadsUnsafe('x'),
        s.loadsUnsafe(d),
        String(s.dumpPayload({ a: 1 })),
        s.loadPayload('eyJhIjoxfQ'),
        outcome(() => s.loadPayload('!')),
        s.makeSigner().constructor.name,
        [...s.iterUnsigners()].length,
        s.secretKey.toString(),
        s.loads(written),
        outcome(() => s.loads('x')),
        outcome(() => s.loads(d, { salt: 't' })),
        protectedSide.defaultSigner().name,
        protectedSide.defaultSerializer().dumps({ a: [1] }),
      ]
    },
  ),
  fact(
    'Signer: get_timestamp timestamp_to_datetime sign unsign validate',
    `s = TimestampSigner("k")
v = s.sign("v")
[s.timestamp_to_datetime(0), abs(s.get_timestamp() - __import__("time").time()) < 3, s.unsign(v, max_age=5).decode(), s.unsign(v, return_timestamp=True)[0].decode(), s.validate(v), s.validate("x"), attempt(lambda: s.unsign(v, max_age=-1)), attempt(lambda: s.unsign("v"))]`,
    () => {
      const s = new TimestampSigner('k')
      const v = s.sign('v')
      return [
        s.timestampToDatetime(0),
        Math.abs(s.getTimestamp() - Date.now() / 1000) < 3,
        String(s.unsign(v, { maxAge: 5 })),
        s.unsignWithTimestamp(v)[0],
        s.validate(v),
        s.validate('x'),
        outcome(() => s.unsign(v, { maxAge: -1 })),
        outcome(() => s.unsign('v')),
      ]
    },
  ),
  fact(
    'itsdangerous.BadSignature',
    `attempt(lambda: Signer("k").unsign("a.b")).payload.decode()`,
    () => {
      try {
        return new Signer('k').unsign('a.b')
      } catch (error) {
        return String((error as BadSignature).payload)
      }
    },
  ),
]
