import {
  Accept,
  Authorization,
  CharsetAccept,
  CombinedMultiDict,
  ContentRange,
  ContentSecurityPolicy,
  ETags,
  FileStorage,
  HeaderSet,
  Headers,
  IfRange,
  ImmutableMultiDict,
  int,
  LanguageAccept,
  MIMEAccept,
  MultiDict,
  Range,
  RequestCacheControl,
  ResponseCacheControl,
  UserAgent,
  WWWAuthenticate,
} from '../../../src/index.ts'
import { fact, outcome } from './fact.ts'
import { request } from './requests.ts'

const dict = (): MultiDict<string> =>
  new MultiDict([
    ['a', '1'],
    ['a', '2'],
    ['b', 'x'],
  ])
const headers = (): Headers =>
  new Headers([
    ['A', '1'],
    ['b', '2'],
    ['a', '3'],
  ])
const environHeaders = (): Headers => request('/', { headers: [['X-A', '1']] }).headers

const DICT = `d = MultiDict([("a", "1"), ("a", "2"), ("b", "x")])\n`
const HEADERS = `h = Headers([("A", "1"), ("b", "2"), ("a", "3")])\n`
const ENVIRON = `h = req(headers=[("X-A", "1")]).headers\n`

/** Werkzeug's data structures. */
export const STRUCTURES = [
  fact(
    'MultiDict: get getlist',
    `${DICT}[d.get("a"), d.get("c"), d.get("c", 5), d.get("a", type=int), d.get("b", 7, int), d.getlist("a"), d.getlist("a", int), d.getlist("b", int), d.getlist("c")]`,
    () => {
      const d = dict()
      return [
        d.get('a'),
        d.get('c'),
        d.get('c', 5),
        d.get('a', null, int),
        d.get('b', 7, int),
        d.getlist('a'),
        d.getlist('a', int),
        d.getlist('b', int),
        d.getlist('c'),
      ]
    },
  ),
  fact('werkzeug.datastructures.MultiDict', `${DICT}d["c"]`, () => dict().getItem('c')),
  fact(
    'MultiDict: items keys values lists listvalues to_dict',
    `${DICT}[list(d.items()), list(d.items(multi=True)), list(d.keys()), list(d.values()), list(d.lists()), list(d.listvalues()), d.to_dict(), d.to_dict(flat=False), len(d)]`,
    () => {
      const d = dict()
      return [
        d.items(),
        d.items({ multi: true }),
        d.keys(),
        d.values(),
        d.lists(),
        d.listvalues(),
        d.toDict(),
        d.toDict({ flat: false }),
        d.size,
      ]
    },
  ),
  fact(
    'MultiDict: add setlist setdefault setlistdefault update',
    `${DICT}d.add("b", "y")
d["c"] = "3"
r = [d.setdefault("a", "9"), d.setdefault("n", "9"), d.setlistdefault("a", ["8"]), d.setlistdefault("m", ["8"])]
d.setlist("s", ["1", "2"])
d.update({"a": ["7", "8"], "z": "0"})
[r, d]`,
    () => {
      const d = dict()
      d.add('b', 'y')
      d.set('c', '3')
      const r = [
        d.setdefault('a', '9'),
        d.setdefault('n', '9'),
        d.setlistdefault('a', ['8']),
        d.setlistdefault('m', ['8']),
      ]
      d.setlist('s', ['1', '2'])
      d.update({ a: ['7', '8'], z: '0' })
      return [[r[0], r[1], ...r.slice(2)], d]
    },
  ),
  fact(
    'MultiDict: pop poplist popitem popitemlist clear',
    `${DICT}c = d.copy()
r = [d.pop("a"), d.pop("none", 3), attempt(lambda: d.pop("none")), d.poplist("b"), d.poplist("none")]
p = c.popitem()
q = c.popitemlist()
[r, d, p, q, attempt(c.popitem), len(c)]`,
    () => {
      const d = dict()
      const c = d.copy()
      const r = [
        d.pop('a'),
        d.pop('none', 3),
        outcome(() => d.pop('none')),
        d.poplist('b'),
        d.poplist('none'),
      ]
      const p = c.popitem()
      const q = c.popitemlist()
      return [r, d, p, q, outcome(() => c.popitem()), c.size]
    },
  ),
  fact(
    'MultiDict: copy deepcopy clear',
    `${DICT}c = d.copy()
e = d.deepcopy()
c.add("a", "3")
d.clear()
[d, c, e]`,
    () => {
      const d = dict()
      const c = d.copy()
      const e = d.deepcopy()
      c.add('a', '3')
      d.clear()
      return [d, c, e]
    },
  ),
  fact(
    'werkzeug.datastructures.ImmutableMultiDict',
    `d = ImmutableMultiDict([("a", "1")])
[attempt(lambda: d.add("a", "2")), attempt(lambda: d.pop("a")), attempt(d.clear), attempt(lambda: d.setdefault("b", "1")), attempt(lambda: d.update({})), attempt(lambda: d.setlist("a", [])), attempt(d.popitem), type(d.copy()).__name__]`,
    () => {
      const d = new ImmutableMultiDict([['a', '1']])
      return [
        outcome(() => d.add('a', '2')),
        outcome(() => d.pop('a')),
        outcome(() => d.clear()),
        outcome(() => d.setdefault('b', '1')),
        outcome(() => d.update({})),
        outcome(() => d.setlist('a', [])),
        outcome(() => d.popitem()),
        d.copy().constructor.name,
      ]
    },
  ),
  fact(
    'werkzeug.datastructures.CombinedMultiDict',
    `d = CombinedMultiDict([MultiDict([("a", "1"), ("b", "2")]), MultiDict([("a", "3"), ("c", "4")])])
[d["a"], d.getlist("a"), d.get("c", type=int), set(d.keys()), list(d.items()), list(d.items(multi=True)), list(d.lists()), len(d), "c" in d, d.to_dict(flat=False), attempt(lambda: d.add("a", "1"))]`,
    () => {
      const d = new CombinedMultiDict<string>([
        new MultiDict({ a: '1', b: '2' }),
        new MultiDict({ a: '3', c: '4' }),
      ])
      return [
        d.getItem('a'),
        d.getlist('a'),
        d.get('c', null, int),
        new Set(d.keys()),
        d.items(),
        d.items({ multi: true }),
        d.lists(),
        d.size,
        d.has('c'),
        d.toDict({ flat: false }),
        outcome(() => d.add('a', '1')),
      ]
    },
  ),
  fact(
    'Headers: get getlist get_all keys values items to_wsgi_list',
    `${HEADERS}[h.get("a"), h.get("B", type=int), h.get("c", 5), h.get("A", "d", lambda v: int("x")), h.getlist("A"), h.getlist("a", int), h.get_all("a"), list(h.keys()), list(h.keys(lower=True)), list(h.values()), list(h.items()), h.to_wsgi_list(), len(h), "a" in h, str(h), h["B"], attempt(lambda: h["zz"])]`,
    () => {
      const h = headers()
      return [
        h.get('a'),
        h.get('B', null, int),
        h.get('c', 5),
        h.get('A', 'd', () => int('x')),
        h.getlist('A'),
        h.getlist('a', int),
        h.getlist('a'),
        h.keys(),
        h.keys({ lower: true }),
        h.values(),
        h.items(),
        h.toWsgiList(),
        h.size,
        h.has('a'),
        String(h),
        h.getItem('B'),
        outcome(() => h.getItem('zz')),
      ]
    },
  ),
  fact(
    'Headers: add add_header set setdefault setlist setlistdefault',
    `${HEADERS}h.add("C", "attachment", filename="a b.txt", size=3)
h.add_header("D", "x", a_b="1", empty=None)
h.set("a", "9")
h["E"] = 5
r = [h.setdefault("a", "1"), h.setdefault("F", "2"), h.setlistdefault("b", ["8"]), h.setlistdefault("G", ["1", "2"])]
h.setlist("b", ["5", "6"])
h.setlist("f", [])
[r, h]`,
    () => {
      const h = headers()
      h.add('C', 'attachment', { filename: 'a b.txt', size: 3 })
      h.addHeader('D', 'x', { a_b: '1', empty: null })
      h.set('a', '9')
      h.set('E', 5)
      const r = [
        h.setdefault('a', '1'),
        h.setdefault('F', '2'),
        h.setlistdefault('b', ['8']),
        h.setlistdefault('G', ['1', '2']),
      ]
      h.setlist('b', ['5', '6'])
      h.setlist('f', [])
      return [r, h]
    },
  ),
  fact(
    'Headers: extend update remove pop popitem copy clear',
    `${HEADERS}c = h.copy()
h.extend({"a": ["4", "5"], "X": "y"})
h.update({"a": ["6", "7"], "N": "1"})
h.remove("b")
r = [h.pop("X"), h.pop("none", 3), attempt(lambda: h.pop("none")), h.popitem(), h.pop()]
d = c.copy()
d.clear()
[r, h, c, d]`,
    () => {
      const h = headers()
      const c = h.copy()
      h.extend({ a: ['4', '5'], X: 'y' })
      h.update({ a: ['6', '7'], N: '1' })
      h.remove('b')
      const r = [h.pop('X'), h.pop('none', 3), outcome(() => h.pop('none')), h.popitem(), h.pop()]
      const d = c.copy()
      d.clear()
      return [r, h, c, d]
    },
  ),
  fact(
    'werkzeug.datastructures.Headers',
    `Headers({"a": [1, 2], "b": "3"})`,
    () => new Headers({ a: ['1', '2'], b: '3' }),
  ),
  fact(
    'EnvironHeaders: get getlist get_all keys values items to_wsgi_list',
    `${ENVIRON}[h.get("x-a"), h.get("X-A", type=int), h.getlist("x-a"), h.get_all("X-a"), "X-A" in list(h.keys()), "1" in list(h.values()), ("X-A", "1") in list(h.items()), ("X-A", "1") in h.to_wsgi_list(), attempt(lambda: h["none"])]`,
    () => {
      const h = environHeaders()
      const has = (items: Iterable<readonly unknown[]>): boolean =>
        [...items].some(([name, value]) => name === 'X-A' && value === '1')
      return [
        h.get('x-a'),
        h.get('X-A', null, int),
        h.getlist('x-a'),
        h.getlist('X-a'),
        [...h.keys()].includes('X-A'),
        [...h.values()].includes('1'),
        has(h.items()),
        has(h.toWsgiList()),
        outcome(() => h.getItem('none')),
      ]
    },
  ),
  fact(
    'EnvironHeaders: add add_header copy extend pop popitem remove set setdefault setlist setlistdefault update',
    `${ENVIRON}[type(attempt(f)).__name__ for f in (lambda: h.add("a", "b"), lambda: h.add_header("a", "b"), h.copy, lambda: h.extend({}), lambda: h.pop("a"), h.popitem, lambda: h.remove("a"), lambda: h.set("a", "b"), lambda: h.setdefault("a", "b"), lambda: h.setlist("a", []), lambda: h.setlistdefault("a", []), lambda: h.update({}))]`,
    () => {
      const h = environHeaders()
      const runs = [
        () => h.add('a', 'b'),
        () => h.addHeader('a', 'b'),
        () => h.copy(),
        () => h.extend({}),
        () => h.pop('a'),
        () => h.popitem(),
        () => h.remove('a'),
        () => h.set('a', 'b'),
        () => h.setdefault('a', 'b'),
        () => h.setlist('a', []),
        () => h.setlistdefault('a', []),
        () => h.update({}),
      ]
      return runs.map((run) => (outcome(run) as { $error?: string }).$error)
    },
  ),
  fact(
    'MIMEAccept: accept_html accept_json accept_xhtml best best_match find index quality to_header values',
    `a = MIMEAccept([("text/html", 1), ("application/xml", 0.9), ("*/*", 0.8)])
[a.accept_html, a.accept_json, a.accept_xhtml, a.best, a.best_match(["application/json", "application/xml"]), a.best_match([], "d"), a.find("application/xml"), a.find("text/plain"), a.index("text/html"), a.quality("text/html"), a.quality("x/y"), a.to_header(), list(a.values()), "x/y" in a, a[0], a["application/xml"]]`,
    () => {
      const a = new MIMEAccept([
        ['text/html', 1],
        ['application/xml', 0.9],
        ['*/*', 0.8],
      ])
      return [
        a.acceptHtml,
        a.acceptJson,
        a.acceptXhtml,
        a.best,
        a.bestMatch(['application/json', 'application/xml']),
        a.bestMatch([], 'd'),
        a.find('application/xml'),
        a.find('text/plain'),
        a.index('text/html'),
        a.quality('text/html'),
        a.quality('x/y'),
        a.toHeader(),
        a.values(),
        a.has('x/y'),
        a.at(0),
        a.quality('application/xml'),
      ]
    },
  ),
  fact(
    'werkzeug.datastructures.Accept MIMEAccept.index',
    `a = Accept([("gzip", 1), ("br", 0.5)])
[list(a), a.best, attempt(lambda: a.index("zip")), a.find("zip"), Accept(None).provided, Accept([]).best]`,
    () => {
      const a = new Accept([
        ['gzip', 1],
        ['br', 0.5],
      ])
      return [
        a,
        a.best,
        outcome(() => a.index('zip')),
        a.find('zip'),
        new Accept(null).provided,
        new Accept([]).best,
      ]
    },
  ),
  fact(
    'werkzeug.datastructures.LanguageAccept werkzeug.datastructures.CharsetAccept',
    `l = LanguageAccept([("en-GB", 1), ("de", 0.5)])
[l.best_match(["en"]), l.best_match(["de-AT", "fr"]), l.best_match(["en-us"], "x"), CharsetAccept([("latin1", 1)]).best_match(["iso-8859-1", "utf-8"]), l.to_header()]`,
    () => {
      const l = new LanguageAccept([
        ['en-GB', 1],
        ['de', 0.5],
      ])
      return [
        l.bestMatch(['en']),
        l.bestMatch(['de-AT', 'fr']),
        l.bestMatch(['en-us'], 'x'),
        new CharsetAccept([['latin1', 1]]).bestMatch(['iso-8859-1', 'utf-8']),
        l.toHeader(),
      ]
    },
  ),
  fact(
    'Authorization: from_header type parameters token get to_header',
    `b = Authorization.from_header("Basic YTpiOmM=")
t = Authorization.from_header("Bearer abc=")
d = Authorization.from_header('Digest username="u", realm="r", nonce=n')
[b.type, b.parameters, b.token, b.get("username"), b.get("zz"), b.to_header(), t.type, t.token, t.to_header(), d.type, d.get("realm"), d.to_header(), Authorization.from_header("Basic !"), Authorization.from_header(None)]`,
    () => {
      const b = Authorization.fromHeader('Basic YTpiOmM=')
      const t = Authorization.fromHeader('Bearer abc=')
      const d = Authorization.fromHeader('Digest username="u", realm="r", nonce=n')
      return [
        b?.type,
        b?.parameters,
        b?.token,
        b?.get('username'),
        b?.get('zz'),
        b?.toHeader(),
        t?.type,
        t?.token,
        t?.toHeader(),
        d?.type,
        d?.get('realm'),
        d?.toHeader(),
        Authorization.fromHeader('Basic !'),
        Authorization.fromHeader(null),
      ]
    },
  ),
  fact(
    'WWWAuthenticate: from_header get parameters to_header token type',
    `w = WWWAuthenticate("basic", {"realm": "a b"})
x = WWWAuthenticate.from_header('Digest realm="r", qop="auth", nonce="n"')
y = WWWAuthenticate("bearer", token="t")
w["charset"] = "UTF-8"
[w.type, w.get("realm"), w.parameters, w.to_header(), x.type, x.to_header(), x.get("none"), y.token, y.to_header(), y.type]`,
    () => {
      const w = new WWWAuthenticate('basic', { realm: 'a b' })
      const x = WWWAuthenticate.fromHeader('Digest realm="r", qop="auth", nonce="n"')
      const y = new WWWAuthenticate('bearer', null, 't')
      w.set('charset', 'UTF-8')
      return [
        w.type,
        w.get('realm'),
        w.parameters,
        w.toHeader(),
        x?.type,
        x?.toHeader(),
        x?.get('none'),
        y.token,
        y.toHeader(),
        y.type,
      ]
    },
  ),
  fact(
    'ContentRange: length set start stop to_header units unset',
    `c = ContentRange("bytes", 0, 5, 10)
r = [c.units, c.start, c.stop, c.length, c.to_header()]
c.set(2, 4, None)
r.append(c.to_header())
c.set(None, None, 7)
r.append(c.to_header())
c.unset()
r + [c.to_header(), c.units, bool(c), attempt(lambda: c.set(5, 2, 3))]`,
    () => {
      const c = new ContentRange('bytes', 0, 5, 10)
      const r: unknown[] = [c.units, c.start, c.stop, c.length, c.toHeader()]
      c.set(2, 4, null)
      r.push(c.toHeader())
      c.set(null, null, 7)
      r.push(c.toHeader())
      c.unset()
      return [...r, c.toHeader(), c.units, c.units !== null, outcome(() => c.set(5, 2, 3))]
    },
  ),
  fact(
    'Range: make_content_range range_for_length ranges to_content_range_header to_header units',
    `r = Range("bytes", [(0, 5)])
s = Range("bytes", [(-3, None)])
m = Range("bytes", [(0, 2), (4, None)])
[r.units, r.ranges, r.to_header(), s.to_header(), m.to_header(), r.range_for_length(3), r.range_for_length(None), s.range_for_length(10), m.range_for_length(10), r.make_content_range(10).to_header(), r.to_content_range_header(10), m.to_content_range_header(10), attempt(lambda: Range("bytes", [(5, 2)]))]`,
    () => {
      const r = new Range('bytes', [[0, 5]])
      const s = new Range('bytes', [[-3, null]])
      const m = new Range('bytes', [
        [0, 2],
        [4, null],
      ])
      return [
        r.units,
        r.ranges,
        r.toHeader(),
        s.toHeader(),
        m.toHeader(),
        r.rangeForLength(3),
        r.rangeForLength(null),
        s.rangeForLength(10),
        m.rangeForLength(10),
        r.makeContentRange(10)?.toHeader(),
        r.toContentRangeHeader(10),
        m.toContentRangeHeader(10),
        outcome(() => new Range('bytes', [[5, 2]])),
      ]
    },
  ),
  fact(
    'IfRange: to_header date etag',
    `d = IfRange(date=datetime.datetime(2020, 1, 2, tzinfo=utc))
[IfRange("a").to_header(), IfRange("a").etag, d.to_header(), d.date, d.etag, IfRange().to_header()]`,
    () => {
      const d = new IfRange(null, new Date(Date.UTC(2020, 0, 2)))
      return [
        new IfRange('a').toHeader(),
        new IfRange('a').etag,
        d.toHeader(),
        d.date,
        d.etag,
        new IfRange().toHeader(),
      ]
    },
  ),
  fact(
    'ETags: as_set contains contains_raw contains_weak is_strong is_weak to_header',
    `e = ETags(["a", "b"], ["w"])
s = ETags(star_tag=True)
[e.as_set(), e.as_set(True), e.contains("a"), e.contains("w"), e.contains_raw('W/"w"'), e.contains_raw('"a"'), e.contains_weak("w"), e.contains_weak("a"), e.is_strong("a"), e.is_weak("w"), e.is_weak("a"), s.to_header(), s.contains("x"), s.as_set(), len(e.to_header()), attempt(lambda: ETags(["a"], [], True).to_header())]`,
    () => {
      const e = new ETags(['a', 'b'], ['w'])
      const s = new ETags([], [], true)
      return [
        e.asSet(),
        e.asSet(true),
        e.contains('a'),
        e.contains('w'),
        e.containsRaw('W/"w"'),
        e.containsRaw('"a"'),
        e.containsWeak('w'),
        e.containsWeak('a'),
        e.isStrong('a'),
        e.isWeak('w'),
        e.isWeak('a'),
        s.toHeader(),
        s.contains('x'),
        s.asSet(),
        e.toHeader().length,
        new ETags(['a'], [], true).toHeader(),
      ]
    },
  ),
  fact(
    'HeaderSet: add as_set clear discard find index remove to_header update',
    `h = HeaderSet(["Foo", "bar baz"])
h.add("BAR")
h.add("foo")
h.update(["Qux", "bar"])
r = [h.as_set(), h.as_set(True), h.find("QUX"), h.find("no"), h.index("bar"), attempt(lambda: h.index("no")), attempt(lambda: h.remove("no")), h.to_header(), len(h), "FOO" in h, h[1]]
h.discard("no")
h.remove("foo")
r.append(h.to_header())
h.clear()
r + [h.to_header(), len(h)]`,
    () => {
      const h = new HeaderSet(['Foo', 'bar baz'])
      h.add('BAR')
      h.add('foo')
      h.update(['Qux', 'bar'])
      const r: unknown[] = [
        h.asSet(),
        h.asSet(true),
        h.find('QUX'),
        h.find('no'),
        h.index('bar'),
        outcome(() => h.index('no')),
        outcome(() => h.remove('no')),
        h.toHeader(),
        h.size,
        h.has('FOO'),
        h.getItem(1),
      ]
      h.discard('no')
      h.remove('foo')
      r.push(h.toHeader())
      h.clear()
      return [...r, h.toHeader(), h.size]
    },
  ),
  fact(
    'RequestCacheControl: get items keys values max_age max_stale min_fresh no_cache no_store no_transform only_if_cached stale_if_error to_header copy',
    `c = RequestCacheControl({"max-age": "5", "max-stale": None, "min-fresh": "3", "no-cache": None, "only-if-cached": None, "stale-if-error": "9"})
e = RequestCacheControl()
[c.get("max-age"), list(c.items()), list(c.keys()), list(c.values()), c.max_age, c.max_stale, c.min_fresh, c.no_cache, c.no_store, c.no_transform, c.only_if_cached, c.stale_if_error, c.to_header(), c.copy(), e.max_age, e.max_stale, e.no_cache, e.to_header()]`,
    () => {
      const c = new RequestCacheControl({
        'max-age': '5',
        'max-stale': null,
        'min-fresh': '3',
        'no-cache': null,
        'only-if-cached': null,
        'stale-if-error': '9',
      })
      const e = new RequestCacheControl()
      return [
        c.get('max-age'),
        c.items(),
        c.keys(),
        c.values(),
        c.maxAge,
        c.maxStale,
        c.minFresh,
        c.noCache,
        c.noStore,
        c.noTransform,
        c.onlyIfCached,
        c.staleIfError,
        c.toHeader(),
        c.copy(),
        e.maxAge,
        e.maxStale,
        e.noCache,
        e.toHeader(),
      ]
    },
  ),
  fact(
    'RequestCacheControl: clear pop popitem setdefault update',
    `c = RequestCacheControl({"max-age": "5"})
[attempt(f) for f in (c.clear, lambda: c.pop("a", None), c.popitem, lambda: c.setdefault("a", "b"), lambda: c.update({}))]`,
    () => {
      const c = new RequestCacheControl({ 'max-age': '5' })
      const runs = [
        () => c.clear(),
        () => c.pop('a', null),
        () => c.popitem(),
        () => c.setdefault('a', 'b'),
        () => c.update({}),
      ]
      return runs.map(outcome)
    },
  ),
  fact(
    'ResponseCacheControl: max_age must_revalidate must_understand no_cache no_store no_transform private proxy_revalidate public s_maxage stale_if_error stale_while_revalidate immutable to_header on_update',
    `seen = []
c = ResponseCacheControl(on_update=lambda s: seen.append(s.to_header()))
r = [c.max_age, c.no_cache, c.private, c.public, c.s_maxage, c.immutable]
c.max_age = 5
c.must_revalidate = True
c.must_understand = True
c.no_cache = "a"
c.no_store = True
c.no_transform = True
c.private = True
c.proxy_revalidate = True
c.public = True
c.s_maxage = 7
c.stale_if_error = 8
c.stale_while_revalidate = 9
c.immutable = True
s = [c.max_age, c.must_revalidate, c.must_understand, c.no_cache, c.no_store, c.no_transform, c.private, c.proxy_revalidate, c.public, c.s_maxage, c.stale_if_error, c.stale_while_revalidate, c.immutable, c.to_header()]
c.public = False
c.max_age = None
c.no_cache = None
[r, s, c.to_header(), len(seen)]`,
    () => {
      let seen = 0
      const c = new ResponseCacheControl([], () => {
        seen += 1
      })
      const r = [c.maxAge, c.noCache, c.private, c.public, c.sMaxage, c.immutable]
      c.maxAge = 5
      c.mustRevalidate = true
      c.mustUnderstand = true
      c.noCache = 'a'
      c.noStore = true
      c.noTransform = true
      c.private = true
      c.proxyRevalidate = true
      c.public = true
      c.sMaxage = 7
      c.staleIfError = 8
      c.staleWhileRevalidate = 9
      c.immutable = true
      const s = [
        c.maxAge,
        c.mustRevalidate,
        c.mustUnderstand,
        c.noCache,
        c.noStore,
        c.noTransform,
        c.private,
        c.proxyRevalidate,
        c.public,
        c.sMaxage,
        c.staleIfError,
        c.staleWhileRevalidate,
        c.immutable,
        c.toHeader(),
      ]
      c.public = false
      c.maxAge = null
      c.noCache = null
      return [r, s, c.toHeader(), seen]
    },
  ),
  fact(
    'ResponseCacheControl: clear get items keys values pop popitem setdefault update copy',
    `c = ResponseCacheControl({"max-age": "5", "public": None})
r = [c.get("max-age"), list(c.items()), list(c.keys()), list(c.values()), c.setdefault("private", None), c.pop("max-age"), attempt(lambda: c.pop("none")), c.popitem(), c.copy()]
c.update({"no-store": None})
r.append(c.to_header())
c.clear()
r + [c.to_header(), attempt(c.popitem)]`,
    () => {
      const c = new ResponseCacheControl({ 'max-age': '5', public: null })
      const r: unknown[] = [
        c.get('max-age'),
        [...c.items()],
        [...c.keys()],
        [...c.values()],
        c.setdefault('private', null),
        c.pop('max-age'),
        outcome(() => c.pop('none')),
        c.popitem(),
        c.copy(),
      ]
      c.update({ 'no-store': null })
      r.push(c.toHeader())
      c.clear()
      return [...r, c.toHeader(), outcome(() => c.popitem())]
    },
  ),
  fact(
    'ContentSecurityPolicy: default_src script_src img_src style_src base_uri sandbox to_header get items keys values pop popitem setdefault update clear copy on_update',
    `seen = []
c = ContentSecurityPolicy({"default-src": "'self'"}, lambda s: seen.append(1))
c.script_src = "'none'"
c.img_src = "*"
c.base_uri = "x"
r = [c.default_src, c.style_src, c.sandbox, c.to_header(), c.get("img-src"), list(c.items()), list(c.keys()), list(c.values()), c.pop("base-uri"), c.setdefault("style-src", "s"), c.popitem(), c.copy()]
c.img_src = None
c.update({"font-src": "f"})
r += [c.to_header(), len(seen)]
c.clear()
r + [c.to_header(), len(seen)]`,
    () => {
      let seen = 0
      const c = new ContentSecurityPolicy({ 'default-src': "'self'" }, () => {
        seen += 1
      })
      c.scriptSrc = "'none'"
      c.imgSrc = '*'
      c.baseUri = 'x'
      const r: unknown[] = [
        c.defaultSrc,
        c.styleSrc,
        c.sandbox,
        c.toHeader(),
        c.get('img-src'),
        [...c.items()],
        [...c.keys()],
        [...c.values()],
        c.pop('base-uri'),
        c.setdefault('style-src', 's'),
        c.popitem(),
        c.copy(),
      ]
      c.imgSrc = null
      c.update({ 'font-src': 'f' })
      r.push(c.toHeader(), seen)
      c.clear()
      return [...r, c.toHeader(), seen]
    },
  ),
  fact(
    'ContentSecurityPolicy: child_src connect_src font_src form_action frame_ancestors frame_src manifest_src media_src navigate_to object_src plugin_types prefetch_src report_to report_uri script_src_attr script_src_elem style_src_attr style_src_elem worker_src',
    `c = ContentSecurityPolicy()
for n in "child_src connect_src font_src form_action frame_ancestors frame_src manifest_src media_src navigate_to object_src plugin_types prefetch_src report_to report_uri script_src_attr script_src_elem style_src_attr style_src_elem worker_src".split():
    setattr(c, n, n)
c.to_header()`,
    () => {
      const names =
        'child_src connect_src font_src form_action frame_ancestors frame_src manifest_src media_src navigate_to object_src plugin_types prefetch_src report_to report_uri script_src_attr script_src_elem style_src_attr style_src_elem worker_src'
      const c = new ContentSecurityPolicy()
      for (const name of names.split(' ')) {
        const ours = name.replace(/_(.)/g, (_all, char: string) => char.toUpperCase())
        ;(c as unknown as Record<string, string>)[ours] = name
      }
      return c.toHeader()
    },
  ),
  fact(
    'FileStorage: content_length content_type filename headers mimetype mimetype_params name',
    `f = FileStorage(io.BytesIO(b"abc"), "a.txt", "field", "Text/Plain; charset=x", 3)
e = FileStorage()
[f.filename, f.name, f.content_type, f.content_length, f.mimetype, f.mimetype_params, f.headers, e.filename, e.name, e.content_type, e.content_length, e.mimetype, e.mimetype_params]`,
    () => {
      const f = new FileStorage('abc', {
        filename: 'a.txt',
        name: 'field',
        contentType: 'Text/Plain; charset=x',
        contentLength: 3,
      })
      const e = new FileStorage()
      return [
        f.filename,
        f.name,
        f.contentType,
        f.contentLength,
        f.mimetype,
        f.mimetypeParams,
        f.headers,
        e.filename,
        e.name,
        e.contentType,
        e.contentLength,
        e.mimetype,
        e.mimetypeParams,
      ]
    },
  ),
  fact('UserAgent.string', `[UserAgent("x").string, str(UserAgent("x"))]`, () => [
    new UserAgent('x').string,
    String(new UserAgent('x')),
  ]),
]
