import { sep } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isWindowsDevice, joinSafely, safeJoin } from '../../src/security/safe-join.ts'

const posix = (...parts: string[]): string | null => joinSafely(false, '/srv/static', parts)
const windows = (...parts: string[]): string | null => joinSafely(true, '/srv/static', parts)

describe('safeJoin', () => {
  // Facts from Werkzeug 3.1.8 on Linux.
  it.each<[string[], string | null]>([
    [[], '/srv/static'],
    [[''], '/srv/static'],
    [['a.txt'], '/srv/static/a.txt'],
    [['a', 'b/c'], '/srv/static/a/b/c'],
    [['a/../b'], '/srv/static/b'],
    [['a/../../b'], null],
    [['.'], '/srv/static/.'],
    [['./a'], '/srv/static/a'],
    [['a/..'], '/srv/static/.'],
    [['a/'], '/srv/static/a'],
    [['a//b'], '/srv/static/a/b'],
    [['..a'], '/srv/static/..a'],
    [['...'], '/srv/static/...'],
    [['....//'], '/srv/static/....'],
    [['..'], null],
    [['../static/a'], null],
    [['a', '../b'], null],
    [['/etc/passwd'], null],
    [['//host/share'], null],
    [['a', '/b'], null],
    [['a\\b'], '/srv/static/a\\b'],
    [['CON'], '/srv/static/CON'],
    [['%2e%2e/x'], '/srv/static/%2e%2e/x'],
  ])('%j → %s', (parts, path) => {
    expect(posix(...parts)).toBe(path)
  })

  it('never trusts the first part instead of an empty folder', () => {
    expect(joinSafely(false, '', ['a'])).toBe('./a')
    expect(joinSafely(false, '', ['/a'])).toBeNull()
    expect(joinSafely(false, '/', ['a'])).toBe('/a')
  })

  it('refuses NUL on every system (S23)', () => {
    expect(posix('a\0.txt')).toBeNull()
    expect(windows('a\0.txt')).toBeNull()
  })

  it.each([
    '..\\secret',
    'a\\..\\..\\b',
    'C:/x',
    'C:x',
    '\\\\host\\share',
    'file.txt::$DATA',
    'CON',
    'con.txt',
    'NUL.tar.gz',
    'aux ',
    'a/COM1/b',
    'LPT9.x',
    'COM¹',
    'conin$',
    'CONOUT$.txt',
    'prn .txt',
  ])('refuses %j on Windows (S23, S24)', (part) => {
    expect(windows(part)).toBeNull()
  })

  it.each(['console', 'auxiliary.js', 'com', 'com0', 'nul_', 'xcon'])('serves %s there', (part) => {
    expect(isWindowsDevice(part)).toBe(false)
    expect(windows(part)).toBe(`/srv/static/${part}`)
  })

  it('never leaves the folder', () => {
    const piece = fc.constantFrom('..', '.', '', 'a', '...', '..a', '/', '\\', 'b c', '%2e')
    const part = fc.array(piece, { maxLength: 6 }).map((pieces) => pieces.join('/'))
    fc.assert(
      fc.property(fc.array(part, { maxLength: 3 }), fc.boolean(), (parts, isWindows) => {
        const path = joinSafely(isWindows, '/srv/static', parts)
        if (path === null) return
        expect(path === '/srv/static' || path.startsWith('/srv/static/')).toBe(true)
        expect(path.split('/')).not.toContain('..')
      }),
    )
  })

  it('goes by the system that it runs on', () => {
    expect(safeJoin('/srv', 'a\\b') === null).toBe(sep === '\\')
    expect(safeJoin('/srv', 'a', 'b')).toBe('/srv/a/b')
  })
})
