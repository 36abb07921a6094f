import { describe, expect, it } from 'vitest'
import { escape as escapeHtml, escapeSilent, Markup } from '../../src/http/markup.ts'

describe('escape', () => {
  it('writes references as MarkupSafe does', () => {
    expect(String(escapeHtml(`<a href="x" id='y'>&amp;</a>`))).toBe(
      '&lt;a href=&#34;x&#34; id=&#39;y&#39;&gt;&amp;amp;&lt;/a&gt;',
    )
    expect(String(escapeHtml('plain'))).toBe('plain')
    expect(String(escapeHtml(42))).toBe('42')
    expect(String(escapeHtml(['<x>']))).toBe('&lt;x&gt;')
  })

  it('leaves alone what is safe, and honours __html__', () => {
    const safe = new Markup('<b>')
    expect(escapeHtml(safe)).toBe(safe)
    expect(String(escapeHtml({ __html__: () => '<i>x</i>' }))).toBe('<i>x</i>')
    expect(String(new Markup({ __html__: () => '<i>' }))).toBe('<i>')
    expect(String(escapeHtml({ __html__: 'no function', toString: () => '<' }))).toBe('&lt;')
  })

  it('escapeSilent takes null for nothing', () => {
    expect(String(escapeSilent(null))).toBe('')
    expect(String(escapeSilent(undefined))).toBe('')
    expect(String(escapeSilent('<'))).toBe('&lt;')
  })
})

describe('Markup', () => {
  const m = new Markup('<em>%s</em>')

  it('acts as a string', () => {
    expect(`${m}`).toBe('<em>%s</em>')
    expect(JSON.stringify({ m })).toBe('{"m":"<em>%s</em>"}')
    expect(m.valueOf()).toBe('<em>%s</em>')
    expect(m.length).toBe(11)
    expect(m.__html__()).toBe('<em>%s</em>')
    expect(String(new Markup())).toBe('')
  })

  it('escapes what it is joined with', () => {
    expect(String(new Markup('<b>').concat('<i>', new Markup('<u>')))).toBe('<b>&lt;i&gt;<u>')
    expect(String(new Markup('<br>').join(['<', new Markup('<b>')]))).toBe('&lt;<br><b>')
    expect(String(new Markup('<a>x</a>').replace('x', '<$&>'))).toBe('<a>&lt;$&amp;&gt;</a>')
    expect(String(new Markup('xxx').replace('x', 'y', 2))).toBe('yyx')
    expect(String(new Markup('x').replace('x', 'y', 5))).toBe('y')
  })

  it('fills printf templates', () => {
    expect(String(m.mod(['foo & bar']))).toBe('<em>foo &amp; bar</em>')
    expect(String(m.mod(new Markup('<b>')))).toBe('<em><b></em>')
  })

  it('fills printf templates of every kind', () => {
    expect(String(new Markup('%d%% %i %f %r').mod([5.9, -2, 1.5, '<']))).toBe('5% -2 1.500000 &lt;')
    expect(String(new Markup('%(a)s-%(a)s').mod({ a: '<' }))).toBe('&lt;-&lt;')
    expect(() => new Markup('%s %s').mod(['a'])).toThrow('not enough arguments')
    expect(() => new Markup('%s').mod(['a', 'b'])).toThrow('not all arguments converted')
    expect(() => new Markup('%q').mod(['a'])).toThrow('unsupported format character')
  })

  it('fills brace templates with escaped values and own members only', () => {
    const text = new Markup('<a>{} {} {0} {x} {x.y} {{}}</a>')
    expect(() => text.format('<', 'b')).toThrow("No value for 'x'")
    expect(String(new Markup('{} {} {0} {x.y} {{}}').format('<', 'b', { x: { y: '>' } }))).toBe(
      '&lt; b &lt; &gt; {}',
    )
    expect(() => new Markup('{x.constructor}').format({ x: {} })).toThrow('No value')
    expect(() => new Markup('{__proto__}').format({})).toThrow('No value')
    expect(() => new Markup('{:>3}').format('a')).toThrow('Unsupported format specification')
    expect(() => new Markup('a}').format('a')).toThrow("Single '}'")
  })

  it('stays Markup through text methods', () => {
    const all = [
      new Markup(' <B>a</B> ').strip(),
      new Markup('<B>').lower(),
      new Markup('<b>').upper(),
      new Markup("it's a-b").title(),
      new Markup('aBC').capitalize(),
      new Markup('ab').repeat(2),
      new Markup('ab').repeat(-1),
      new Markup('abc').slice(1),
      ...new Markup('a,b').split(','),
      ...new Markup(' a  b ').split(),
    ]
    expect(all.every((each) => each instanceof Markup)).toBe(true)
    expect(all.map(String)).toEqual([
      '<B>a</B>',
      '<b>',
      '<B>',
      "It'S A-B",
      'Abc',
      'abab',
      '',
      'bc',
      'a',
      'b',
      'a',
      'b',
    ])
  })

  it.each([
    ['Main &raquo;\t<em>About</em>', 'Main » About'],
    ['a <!-- <b>x</b> --> b', 'a b'],
    ['<!<!---->-- x --> y', 'y'],
    ['<!-->x', 'x'],
    ['<!<!-- -->-->x', 'x'],
    ['1 < 2', '1 < 2'],
    ['<b>a <!-- open', 'a <!-- open'],
    ['<!<!---->-- open', '<!-- open'],
    ['&lt;b&gt;', '<b>'],
  ])('striptags(%j) is %j', (html, text) => {
    expect(new Markup(html).striptags()).toBe(text)
  })

  it.each([
    ['&amp;&lt;&#39;&#x27;', "&<''"],
    ['&notit; &copy &nosuch;', '¬it; © &nosuch;'],
    ['&#128;&#0;&#xD800;&#11;&#13;', '€\ufffd\ufffd\r'],
    ['&#x110000;&#xfdd0;&#x81;', '\ufffd\x81'],
    ['&ngE; &Aacute', '≧̸ Á'],
    ['no reference', 'no reference'],
  ])('unescape(%j) is %j', (html, text) => {
    expect(new Markup(html).unescape()).toBe(text)
  })
})
