import { describe, expect, it } from 'vitest'
import { KeyError } from '../../src/errors/builtins.ts'
import { BadRequest, BadRequestKeyError } from '../../src/errors/http-exception.ts'
import { EnvironHeaders, Headers } from '../../src/http/headers.ts'
import { MultiDict } from '../../src/http/multi-dict.ts'

describe('Headers', () => {
  it('keeps order and spelling, and ignores case on lookup', () => {
    const headers = new Headers([
      ['X-One', '1'],
      ['content-TYPE', 'text/plain'],
    ])
    expect(headers.get('CONTENT-type')).toBe('text/plain')
    expect(headers.has('x-one')).toBe(true)
    expect(headers.has('x-two')).toBe(false)
    expect([...headers]).toEqual([
      ['X-One', '1'],
      ['content-TYPE', 'text/plain'],
    ])
    expect(headers.flat).toEqual(['X-One', '1', 'content-TYPE', 'text/plain'])
    expect(headers.size).toBe(2)
  })

  it.each([
    ['a plain object, arrays as several values', { a: '1', b: ['2', '3'] }],
    ['pairs', [['a', '1'] as const, ['b', '2'] as const, ['b', '3'] as const]],
    [
      'a Map',
      new Map<string, string | string[]>([
        ['a', '1'],
        ['b', ['2', '3']],
      ]),
    ],
    [
      'a multi dict',
      new MultiDict([
        ['a', '1'],
        ['b', '2'],
        ['b', '3'],
      ]),
    ],
    [
      'other Headers',
      new Headers([
        ['a', '1'],
        ['b', '2'],
        ['b', '3'],
      ]),
    ],
  ])('is made of %s', (_what, source) => {
    expect(new Headers(source).toWsgiList()).toEqual([
      ['a', '1'],
      ['b', '2'],
      ['b', '3'],
    ])
  })

  it('is made of Web Headers, and of nothing', () => {
    expect([...new Headers(new globalThis.Headers({ 'X-A': '1' }))]).toEqual([['x-a', '1']])
    expect(new Headers().size).toBe(0)
    expect(new Headers(null).size).toBe(0)
  })

  it('set replaces the first of a name in place and drops the others', () => {
    const headers = new Headers([
      ['A', '1'],
      ['b', '2'],
      ['a', '3'],
      ['c', '4'],
      ['A', '5'],
    ])
    headers.set('a', 'new')
    expect([...headers]).toEqual([
      ['a', 'new'],
      ['b', '2'],
      ['c', '4'],
    ])
    headers.set('d', 6)
    expect(headers.get('d')).toBe('6')
  })

  it('add keeps what is there', () => {
    const headers = new Headers()
    headers.add('Set-Cookie', 'a=1')
    headers.addHeader('set-cookie', 'b=2')
    expect(headers.getlist('SET-COOKIE')).toEqual(['a=1', 'b=2'])
  })

  it('writes options as parameters, underscores as dashes, null ones not at all', () => {
    const headers = new Headers()
    headers.add('Content-Disposition', 'attachment', {
      filename: 'a b.txt',
      some_key: 'v',
      x: null,
    })
    expect(headers.get('content-disposition')).toBe('attachment; filename="a b.txt"; some-key=v')
    headers.set('Content-Disposition', 'inline', { 'filename*': "UTF-8''%C3%A9" })
    expect(headers.get('content-disposition')).toBe("inline; filename*=UTF-8''%C3%A9")
  })

  it.each(['a\r\nSet-Cookie: x=1', 'a\nb', 'a\rb', 'a\0b'])('refuses the value %j', (value) => {
    const headers = new Headers()
    expect(() => headers.set('X', value)).toThrow(TypeError)
    expect(() => headers.add('X', value)).toThrow(TypeError)
    expect(() => headers.add('X', 'ok', { 'k*': value })).toThrow(TypeError)
    expect(() => new Headers({ X: value })).toThrow(TypeError)
    expect(() => headers.setlist('X', ['ok', value])).toThrow(TypeError)
    expect(() => headers.set(value, 'x')).toThrow(TypeError)
  })

  it('get gives null, the default, or what the converter makes of the value', () => {
    const headers = new Headers({ 'Content-Length': '42', Bad: 'x', Blank: '' })
    expect(headers.get('no')).toBeNull()
    expect(headers.get('no', 'd')).toBe('d')
    expect(headers.get('content-length', null, Number)).toBe(42)
    expect(headers.get('bad', 7, Number)).toBe(7)
    expect(headers.get('blank', 7, Number)).toBe(7)
    expect(headers.get('bad', null, JSON.parse)).toBeNull()
    expect(headers.getlist('bad', Number)).toEqual([])
    expect(headers.getlist('content-length', Number)).toEqual([42])
  })

  it('getItem raises the key error that is a 400', () => {
    const headers = new Headers()
    expect(() => headers.getItem('X-No')).toThrow(BadRequestKeyError)
    expect(() => headers.getItem('X-No')).toThrow(BadRequest)
  })

  it('setlist, setdefault and setlistdefault', () => {
    const headers = new Headers()
    headers.setlist('Vary', ['a', 'b'])
    expect(headers.getlist('vary')).toEqual(['a', 'b'])
    expect(headers.setdefault('vary', 'z')).toBe('a')
    expect(headers.setdefault('X', 1)).toBe('1')
    expect(headers.setlistdefault('vary', ['z'])).toEqual(['a', 'b'])
    expect(headers.setlistdefault('Y', ['1', '2'])).toEqual(['1', '2'])
    headers.setlist('vary', [])
    expect(headers.has('vary')).toBe(false)
  })

  it('extend adds, update replaces', () => {
    const headers = new Headers({ a: '1', b: '2' })
    headers.extend({ A: '3' })
    expect(headers.getlist('a')).toEqual(['1', '3'])
    headers.update({ a: ['x', 'y'], c: 'z' })
    expect([...headers]).toEqual([
      ['a', 'x'],
      ['b', '2'],
      ['a', 'y'],
      ['c', 'z'],
    ])
    headers.update(
      new Headers([
        ['A', 'p'],
        ['a', 'q'],
      ]),
    )
    expect(headers.getlist('a')).toEqual(['p', 'q'])
    expect(headers.get('a')).toBe('p')
    expect([...headers.keys()]).toEqual(['a', 'b', 'c', 'a'])
    headers.update(
      new MultiDict([
        ['a', '1'],
        ['a', '2'],
      ]),
    )
    expect(headers.getlist('a')).toEqual(['1', '2'])
    headers.update([
      ['a', '1'],
      ['a', 'last'],
    ])
    expect(headers.getlist('a')).toEqual(['last'])
  })

  it('delete and remove take all of a name; a missing one is no error', () => {
    const headers = new Headers([
      ['a', '1'],
      ['b', '2'],
      ['A', '3'],
    ])
    headers.delete('A')
    headers.remove('nothing')
    expect([...headers]).toEqual([['b', '2']])
  })

  it('pop takes by name, or the last line', () => {
    const headers = new Headers([
      ['a', '1'],
      ['b', '2'],
      ['a', '3'],
    ])
    expect(headers.pop('a')).toBe('1')
    expect([...headers]).toEqual([['b', '2']])
    expect(headers.pop('a', 'none')).toBe('none')
    expect(() => headers.pop('a')).toThrow(BadRequestKeyError)
    expect(headers.pop()).toEqual(['b', '2'])
    expect(() => headers.popitem()).toThrow(BadRequestKeyError)
  })

  it('a copy is independent, clear empties', () => {
    const headers = new Headers({ a: '1' })
    const copy = headers.copy()
    headers.clear()
    expect([headers.size, copy.get('a')]).toEqual([0, '1'])
  })

  it('lists names and values', () => {
    const headers = new Headers({ 'X-A': '1', 'X-B': '2' })
    expect([...headers.keys()]).toEqual(['X-A', 'X-B'])
    expect([...headers.keys({ lower: true })]).toEqual(['x-a', 'x-b'])
    expect([...headers.values()]).toEqual(['1', '2'])
    expect([...headers.entries()]).toEqual([...headers.items()])
    expect(JSON.stringify(headers)).toBe('[["X-A","1"],["X-B","2"]]')
  })

  it('prints the block as it is sent', () => {
    expect(
      String(
        new Headers([
          ['A', '1'],
          ['B', '2'],
        ]),
      ),
    ).toBe('A: 1\r\nB: 2\r\n\r\n')
  })

  it('takes names from Object.prototype for what they are: missing', () => {
    const headers = new Headers()
    for (const name of ['__proto__', 'constructor', 'toString'])
      expect(headers.has(name)).toBe(false)
    headers.set('__proto__', 'x')
    expect(headers.get('__proto__')).toBe('x')
  })
})

/** A request as node makes it of these lines: lower-cased names, repeated ones by node's rules. */
function received(
  lines: readonly (readonly [string, string])[],
  headers: Record<string, string | string[]>,
): EnvironHeaders {
  return new EnvironHeaders({ rawHeaders: lines.flat(), headers })
}

describe('EnvironHeaders', () => {
  const request = received(
    [
      ['host', 'localhost'],
      ['X-API-key', 'k'],
      ['x-3abc', 'v'],
      ['Content-Type', 'text/plain'],
      ['Content-Length', ''],
      ['X_Under', 'score'],
    ],
    {
      host: 'localhost',
      'x-api-key': 'k',
      'x-3abc': 'v',
      'content-type': 'text/plain',
      'content-length': '',
      x_under: 'score',
    },
  )

  it('looks up in any case, with dashes or underscores', () => {
    expect(request.get('HOST')).toBe('localhost')
    expect(request.get('x_api_key')).toBe('k')
    expect(request.getItem('X-Api-Key')).toBe('k')
    expect(request.getlist('x-api-key')).toEqual(['k'])
    expect(request.get('no', 'd')).toBe('d')
    expect(request.getlist('no')).toEqual([])
    expect(request.get('x-api-key', 1, Number)).toBe(1)
    expect(request.getlist('x-api-key', Number)).toEqual([])
    expect(request.getlist('x-api-key', (v) => v + v)).toEqual(['kk'])
    // As in Flask, where a missing header is a bug (500) and not a bad request.
    expect(() => request.getItem('no')).toThrow(KeyError)
  })

  it('lists names in title case, without empty content headers and without underscored names', () => {
    expect(request.toWsgiList()).toEqual([
      ['Host', 'localhost'],
      ['X-Api-Key', 'k'],
      ['X-3Abc', 'v'],
      ['Content-Type', 'text/plain'],
    ])
    expect(request.size).toBe(4)
    expect(new Headers(request).get('x-3abc')).toBe('v')
  })

  it('does not let an underscored name pose as the dashed one', () => {
    const spoof = received([['X_Remote_User', 'root']], { x_remote_user: 'root' })
    expect(spoof.get('X-Remote-User')).toBeNull()
    expect(spoof.has('x_remote_user')).toBe(false)
  })

  it('joins repeated headers with a comma and cookies with a semicolon, as WSGI does', () => {
    const repeated = received(
      [
        ['X-One', 'a'],
        ['x-one', 'b'],
        ['User-Agent', 'first'],
        ['User-Agent', 'second'],
        ['Cookie', 'a=1'],
        ['cookie', 'b=2'],
        ['Set-Cookie', 's'],
        ['Content-Type', 'text/plain'],
        ['Content-Type', 'application/json'],
      ],
      {
        'x-one': 'a, b',
        'user-agent': 'first',
        cookie: 'a=1; b=2',
        'set-cookie': ['s', 't'],
        'content-type': 'text/plain',
      },
    )
    expect(repeated.get('X-One')).toBe('a,b')
    expect(repeated.get('User-Agent')).toBe('first,second')
    expect(repeated.get('Cookie')).toBe('a=1; b=2')
    expect(repeated.get('Set-Cookie')).toBe('s,t')
    expect(repeated.get('Content-Type')).toBe('text/plain')
    expect([...repeated.keys()]).toEqual([
      'X-One',
      'User-Agent',
      'Cookie',
      'Set-Cookie',
      'Content-Type',
    ])
  })

  it('sees what middleware changes, adds and deletes on req.headers', () => {
    const headers: Record<string, string> = { 'x-one': 'a, b', 'x-gone': '1' }
    const view = received(
      [
        ['X-One', 'a'],
        ['X-One', 'b'],
        ['X-Gone', '1'],
      ],
      headers,
    )
    headers['x-one'] = 'changed'
    headers['x-new'] = 'n'
    delete headers['x-gone']
    expect(view.get('X-One')).toBe('changed')
    expect(view.toWsgiList()).toEqual([
      ['X-One', 'changed'],
      ['X-New', 'n'],
    ])
  })

  it('is not fooled by members of Object.prototype', () => {
    const view = received([], {})
    for (const name of ['constructor', '__proto__', 'hasownproperty']) {
      expect(view.get(name)).toBeNull()
    }
  })

  it('cannot be changed or copied', () => {
    for (const change of [
      () => request.set('a', '1'),
      () => request.add('a', '1'),
      () => request.addHeader('a', '1'),
      () => request.setlist('a', []),
      () => request.setdefault('a', '1'),
      () => request.setlistdefault('a', []),
      () => request.extend({}),
      () => request.update({}),
      () => request.delete('a'),
      () => request.remove('a'),
      () => request.pop('a'),
      () => request.popitem(),
      () => request.clear(),
      () => request.copy(),
    ]) {
      expect(change).toThrow(TypeError)
    }
  })
})
