import { describe, expect, it } from 'vitest'
import {
  abort,
  type BustAPI,
  Markup,
  redirect,
  renderTemplateString,
  request,
  urlFor,
} from '../../src/index.ts'
import { live } from './live-app.ts'

const SCRIPT = '<script>alert(1)</script>'
const ENCODED = encodeURIComponent(SCRIPT)
const LIVE_MARKUP = /<(?:script|img|svg)/i
const LINK = /^<a href="[^"'<>]*">$/

describe('S48: pages that we make', () => {
  function site(app: BustAPI): void {
    app.get('/go', () => redirect(request.args.getItem('to')))
    app.get('/abort/<int:code>', ({ code }) => abort(code, request.args.getItem('text')))
    app.get('/slash/<path:rest>/', () => 'slash')
    app.get('/fail', () => {
      throw new Error(request.args.getItem('text'))
    })
    app.get('/key', () => request.form.getItem(request.args.getItem('text')))
    app.get('/build', () => urlFor(request.args.getItem('text')))
    app.post('/json', () => [request.json])
    app.get('/moved/<path:rest>', { redirectTo: '/slash/<rest>' }, () => 'x')
  }

  const targets = [
    `/go?to=${ENCODED}`,
    `/go?to=${encodeURIComponent(`/"><img src=x onerror=alert(1)>`)}`,
    `/go?to=${encodeURIComponent(`https://x.test/'onmouseover='alert(1)`)}`,
    `/abort/400?text=${ENCODED}`,
    `/abort/404?text=${ENCODED}`,
    `/abort/418?text=${ENCODED}`,
    `/abort/500?text=${ENCODED}`,
    `/slash/${ENCODED}`,
    `/slash/%22%3E%3Csvg%20onload=alert(1)%3E`,
    `/moved/${ENCODED}`,
    `/${ENCODED}`,
    `/<script>alert(1)</script>`,
    `/%zz${ENCODED}`,
    `/fail?text=${ENCODED}`,
    `/key?text=${ENCODED}`,
    `/build?text=${ENCODED}`,
    `/abort/400?text=${encodeURIComponent('{{ 7 * 7 }}{% raw %}')}`,
  ]

  it.each([false, true])('show nothing of a URL as markup (debug: %s)', async (debug) => {
    const app = await live((a) => {
      site(a)
      a.debug = debug
    })
    for (const target of targets) {
      const reply = await app.send('GET', target, {
        headers: [`Referer: ${SCRIPT}`, `User-Agent: ${SCRIPT}`, `X: ${SCRIPT}`],
      })
      expect([target, reply.statuses.length]).toEqual([target, 1])
      expect([target, reply.body]).not.toEqual([target, expect.stringMatching(LIVE_MARKUP)])
      for (const link of reply.body.match(/<a .*?>/g) ?? []) expect(link).toMatch(LINK)
      expect(reply.body).not.toMatch(/>49\b/)
      expect(reply.header('Content-Type')[0]).toMatch(/^text\/html; charset=utf-8$/)
    }
    const json = await app.send('POST', '/json', {
      headers: ['Content-Type: application/json'],
      body: SCRIPT,
    })
    expect([json.status, LIVE_MARKUP.test(json.body)]).toEqual([400, false])
  })

  it('a method or a host is not shown as markup', async () => {
    const app = await live((a) => {
      site(a)
      a.config.TRUSTED_HOSTS = ['good.test']
    })
    const reply = await app.send('GET', '/', { host: "a'b(c)" })
    expect([reply.status, LIVE_MARKUP.test(reply.body)]).toEqual([400, false])
  })

  it('the debug page runs nothing and loads nothing', async () => {
    const app = await live((a) => {
      site(a)
      a.debug = true
    })
    const reply = await app.send('GET', `/fail?text=${ENCODED}`)
    expect(reply.header('Content-Security-Policy')).toEqual([
      "default-src 'none'; style-src 'unsafe-inline'",
    ])
    expect(reply.body).not.toMatch(/<script|<form|<input|<link|src=/)
    expect(reply.body).toContain('&lt;script&gt;alert(1)&lt;/script&gt;')
  })

  it('a redirect to a script is only text', async () => {
    const app = await live(site)
    const reply = await app.send('GET', `/go?to=${encodeURIComponent('java\nscript:alert(1)')}`)
    expect(reply.statuses).toHaveLength(1)
    expect(reply.head).not.toMatch(/[^\r]\n/)
  })
})

describe('S49: templates', () => {
  const render = async (source: string, value: unknown): Promise<string> => {
    const app = await live((a) => {
      a.get('/', () => renderTemplateString(source, { value }))
    })
    const reply = await app.send('GET', '/')
    expect([reply.status, app.log()]).toEqual([200, ''])
    return Buffer.from(reply.body, 'latin1').toString()
  }

  it.each<[source: string, value: unknown, text: string]>([
    ['{{ value }}', SCRIPT, '&lt;script&gt;alert(1)&lt;/script&gt;'],
    ['<a title="{{ value }}">', '" onload="x', '<a title="&#34; onload=&#34;x">'],
    ["<a title='{{ value }}'>", "' onload='x", "<a title='&#39; onload=&#39;x'>"],
    ['{{ value }}', ['<b>'], '[&#39;&lt;b&gt;&#39;]'],
    ['{{ value }}', { a: '<b>' }, '{&#39;a&#39;: &#39;&lt;b&gt;&#39;}'],
    ['{{ value[0] }}', ['<b>'], '&lt;b&gt;'],
    ['{{ value|join("<br>") }}', ['<b>', 'c'], '&lt;b&gt;&lt;br&gt;c'],
    ['{{ value ~ "<i>" }}', '<b>', '&lt;b&gt;&lt;i&gt;'],
    ['{{ value|upper }}', '<b>', '&lt;B&gt;'],
    ['{{ value|replace("b", "<i>") }}', '<b>', '&lt;&lt;i&gt;&gt;'],
    ['{{ value|default("<i>") }}', undefined, '&lt;i&gt;'],
    ['{{ value|e|e }}', '<b>', '&lt;b&gt;'],
    ['{{ "%s<br>"|safe|format(value) }}', '<b>', '&lt;b&gt;<br>'],
    ['{{ value|first }}', ['<b>'], '&lt;b&gt;'],
    ['{{ value|truncate(3, true, "<") }}', '<b>abcdefgh', '&lt;b&lt;'],
    ['{% set x = value %}{{ x }}', '<b>', '&lt;b&gt;'],
    ['{% set x %}{{ value }}{% endset %}{{ x }}', '<b>', '&lt;b&gt;'],
    ['{% macro m(v) %}{{ v }}{% endmacro %}{{ m(value) }}', '<b>', '&lt;b&gt;'],
    ['{% filter upper %}{{ value }}{% endfilter %}', '<b>', '&LT;B&GT;'],
    ['{% for x in value %}{{ x }}{% endfor %}', ['<b>'], '&lt;b&gt;'],
    ['{{ value }}', new Markup('<b>'), '<b>'],
    ['{{ value|safe }}', '<b>', '<b>'],
    ['{% autoescape false %}{{ value }}{% endautoescape %}', '<b>', '<b>'],
    [
      '<script>x = {{ value|tojson }}</script>',
      '</script><b>\'"&\\',
      '<script>x = "\\u003c/script\\u003e\\u003cb\\u003e\\u0027\\"\\u0026\\\\"</script>',
    ],
    ["<a x='{{ value|tojson }}'>", "'", '<a x=\'"\\u0027"\'>'],
    ['{{ value|tojson }}', { toString: 1, '<': ['>'] }, '{"\\u003c": ["\\u003e"], "toString": 1}'],
    [
      '{{ value|urlize }}',
      'http://x.test/"><b> javascript:alert(1)',
      '<a href="http://x.test/&#34;&gt;&lt;b" rel="noopener">http://x.test/&#34;&gt;&lt;b</a>&gt; javascript:alert(1)',
    ],
    ['<a {{ {"title": value}|xmlattr }}>', '"<b>', '<a  title="&#34;&lt;b&gt;">'],
  ])('%s with %j', async (source, value, text) => {
    expect(await render(source, value)).toBe(text)
  })

  it.each([
    '{{ value.__class__ }}',
    '{{ value.constructor }}',
    '{{ value.constructor.constructor("return process")() }}',
    '{{ value["__proto__"] }}',
    '{{ (value|attr("constructor")) }}',
    '{{ "".constructor.constructor("return 1")() }}',
    '{{ [].constructor.constructor("return 1")() }}',
    '{{ url_for.constructor("return process")() }}',
    '{{ range.constructor("return process.env")() }}',
    '{{ request.constructor }}',
    '{{ g.constructor.constructor("return 1")() }}',
    '{{ value.toString.constructor("return 1")() }}',
  ])('%s reaches no code', async (source) => {
    const app = await live((a) => {
      a.get('/', () => renderTemplateString(source, { value: { a: 1 } }))
    })
    const reply = await app.send('GET', '/')
    expect(reply.statuses).toHaveLength(1)
    expect(reply.body).not.toMatch(/function|class |\[native|PATH/)
    await app.expectHealthy()
  })

  it('arrays of a query are shown as text, not as markup', async () => {
    const app = await live((a) => {
      a.get('/', () =>
        renderTemplateString(
          '{{ request.args }}|{{ request.args.getlist("x") }}|{{ request.args.x }}',
        ),
      )
    })
    const reply = await app.send('GET', `/?x=${ENCODED}&x=%3Cb%3E`)
    expect([reply.status, /<(script|b)/.test(reply.body)]).toEqual([200, false])
  })
})
