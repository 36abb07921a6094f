import type { IncomingMessage } from 'node:http'
import { describe, expect, it, vi } from 'vitest'
import { BadRequest } from '../../src/errors/http-exception.ts'
import {
  canonicalPath,
  hasMalformedPath,
  lenientPath,
} from '../../src/middleware/canonical-path.ts'
import { type ConnectHandler, MiddlewareChain } from '../../src/middleware/chain.ts'
import { enterMount, type MountedRequest, mountPrefix } from '../../src/middleware/mount.ts'
import { setEnviron } from '../../src/request/environ.ts'

function requestFor(url?: string): IncomingMessage {
  return { url, method: 'GET', headers: {}, rawHeaders: [] } as unknown as IncomingMessage
}

describe('the canonical path', () => {
  // What request.path is in Werkzeug 3.1.8 for these request lines.
  it.each([
    ['/', '/'],
    ['/a', '/a'],
    ['//a', '/a'],
    ['///a//b', '/a//b'],
    ['/%61', '/a'],
    ['/a%2Fb', '/a/b'],
    ['/%C3%A9', '/é'],
    ['/%FF', '/\ufffd'],
    ['/%E2%82', '/\ufffd'],
    ['/%ED%A0%80x', '/\ufffd\ufffd\ufffdx'],
    ['/%F0%9F%98%80', '/😀'],
    ['/a?x', '/a'],
    ['/a#x?y', '/a'],
    ['/a?x#y', '/a'],
    ['http://h/a', '/a'],
    ['http://h', '/'],
    ['http://h?x', '/'],
    ['http://h//a', '/a'],
    ['HTTP://h/%61', '/a'],
    ['ftp://h/a', '/a'],
    ['*', '/*'],
    ['/a;b=c', '/a;b=c'],
    ['/a+b', '/a+b'],
    ['/%2561', '/%61'],
    ['/a%00b', '/a\0b'],
    ['/a\\b', '/a\\b'],
    ['/..%2f..', '/../..'],
    ['//h/x', '/h/x'],
  ])('of %s is %j, as in Werkzeug', (target, path) => {
    expect(canonicalPath(requestFor(target))).toBe(path)
  })

  it('of a request without a target is the root', () => {
    expect(canonicalPath(requestFor())).toBe('/')
  })

  it.each(['/%', '/%zz', '/%E0%A4%A', '/a/%2', 'http://h/%'])(
    'S21: there is none for %s',
    (target) => {
      expect(hasMalformedPath(requestFor(target))).toBe(true)
      expect(() => canonicalPath(requestFor(target))).toThrow(BadRequest)
      // What is left of the escape shows that it is one, to those who look at the decoded path.
      expect(lenientPath(requestFor(target))).toContain('%')
    },
  )

  it.each(['/?%', '/a?x=%zz', '/a#%', 'http://h/?%'])(
    'a malformed escape elsewhere does not matter: %s',
    (target) => {
      expect(hasMalformedPath(requestFor(target))).toBe(false)
    },
  )

  it('is what a wrapper has put in its place, for guards as well', () => {
    const req = requestFor('/public/%zz')
    setEnviron(req, { pathInfo: '//admin' })
    expect(canonicalPath(req)).toBe('/admin')
    let ran = 0
    const chain = new MiddlewareChain()
    chain.use('/admin', (_req, _res, next) => {
      ran++
      next()
    })
    chain.use((raw, _res, next) => {
      setEnviron(raw, { pathInfo: '/admin/again' })
      next()
    })
    chain.use('/admin/again', (_req, _res, next) => {
      ran++
      next()
    })
    chain.handle(req, {} as never, () => undefined)
    expect(ran).toBe(2)
  })
})

describe('a mount', () => {
  it('shows the relative URL, and keeps what the layer rewrote', () => {
    const req: MountedRequest = { url: '/a/b?c' }
    const leave = enterMount(req, '/b?c')
    expect(req).toEqual({ url: '/b?c', originalUrl: '/a/b?c', baseUrl: '/a' })
    const leaveInner = enterMount(req, '/?c')
    expect(req).toMatchObject({ url: '/?c', baseUrl: '/a/b' })
    req.url = '/new'
    leaveInner()
    expect(req).toMatchObject({ url: '/b/new', baseUrl: '/a' })
    leave()
    expect(req).toEqual({ url: '/a/b/new', originalUrl: '/a/b?c', baseUrl: undefined })
  })

  it('at the root changes nothing', () => {
    const req: MountedRequest = { url: '/a' }
    enterMount(req, '/a')()
    expect(req).toEqual({ url: '/a' })
  })

  it.each([
    [{ url: '/a' }, ''],
    [{ url: '/b', originalUrl: '/a/b' }, '/a'],
    [{ url: '/?x', originalUrl: '/a?x' }, '/a'],
    [{ url: '/', originalUrl: '/a/b' }, '/a/b'],
    [{ url: '/b', originalUrl: 'http://h/a/b' }, '/a'],
    [{ url: '/rewritten', originalUrl: '/a' }, ''],
    [{ url: '/x', originalUrl: '/a/x', baseUrl: '/from-express' }, '/from-express'],
  ])('is told from %o', (req, prefix) => {
    expect(mountPrefix(req)).toBe(prefix)
  })
})

describe('a stack that others change', () => {
  it('runs layers that were pushed onto it by hand, as Connect does', () => {
    const chain = new MiddlewareChain()
    const seen: unknown[] = []
    const handle: ConnectHandler = (req, _res, next) => {
      seen.push(req.url)
      next()
    }
    for (const route of ['/a', '']) chain.stack.push({ route, handle })
    chain.handle(requestFor('//a/x'), {} as never, () => undefined)
    chain.handle(requestFor('/b'), {} as never, () => undefined)
    expect(seen).toEqual(['/x', '//a/x', '/b'])
  })

  it('reports late errors on the console unless told otherwise', () => {
    const logged = vi.spyOn(console, 'error').mockImplementation(() => {})
    const chain = new MiddlewareChain()
    const late = new Error('late')
    chain.use((_req, _res, next) => {
      next()
      throw late
    })
    chain.handle(requestFor('/b'), {} as never, () => undefined)
    expect(logged).toHaveBeenCalledWith('Middleware failed after handing GET /b on:', late)
    logged.mockRestore()
  })
})
