import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, it } from 'vitest'
import { drive } from '../../bench/load.ts'
import type { Target } from '../../bench/scenarios.ts'
import { median, quantile } from '../../bench/stats.ts'

async function loaded(listener: RequestListener, targets: readonly Target[], milliseconds = 100) {
  const server = createServer(listener).listen(0, '127.0.0.1')
  await once(server, 'listening')
  try {
    return await drive((server.address() as AddressInfo).port, targets, 3, milliseconds)
  } finally {
    server.close()
    server.closeAllConnections()
  }
}

describe('the load client', () => {
  it('counts each answer once, and asks for the targets in turn', async () => {
    const seen: Record<string, number> = {}
    const targets = ['/a', '/b/longer'].map((path): Target => ({ method: 'GET', path }))
    const load = await loaded((req, res) => {
      seen[req.url ?? ''] = (seen[req.url ?? ''] ?? 0) + 1
      const body = 'x'.repeat(req.url?.length ?? 0)
      res.writeHead(200, { 'Content-Length': body.length }).end(body)
    }, targets)
    const [a = 0, b = 0] = [seen['/a'], seen['/b/longer']]
    expect(load.requests).toBe(a + b)
    expect(Math.abs(a - b)).toBeLessThanOrEqual(3)
    expect(load.latencies).toHaveLength(load.requests)
  })

  it('puts an answer in pieces together', async () => {
    const load = await loaded(
      (_req, res) => {
        res.writeHead(200, { 'Content-Length': 20_000 })
        res.write('y'.repeat(10_000))
        setImmediate(() => res.end('z'.repeat(10_000)))
      },
      [{ method: 'GET', path: '/' }],
    )
    expect(load.requests).toBeGreaterThanOrEqual(3)
  })

  it('reads an answer in chunks to its end', async () => {
    let seen = 0
    const load = await loaded(
      (_req, res) => {
        seen += 1
        res.writeHead(200)
        res.write('y'.repeat(10_000))
        setImmediate(() => res.end('z'))
      },
      [{ method: 'GET', path: '/' }],
    )
    expect(load.requests).toBeGreaterThanOrEqual(3)
    expect(load.requests).toBe(seen)
  })

  it('sends what the target says, and wants the status it names', async () => {
    const seen = new Set<string>()
    const load = await loaded(
      (req, res) => {
        seen.add(`${req.headers['content-type']} ${req.headers['x-a']}`)
        req.resume()
        res.writeHead(404, { 'Content-Length': 2 }).end('no')
      },
      [
        {
          ...{ method: 'POST', path: '/', body: 'a=b', type: 'text/plain' },
          ...{ headers: { 'X-A': 'c' }, status: 404 },
        },
      ],
    )
    expect(load.requests).toBeGreaterThanOrEqual(3)
    expect([...seen]).toEqual(['text/plain c'])
  })

  it('opens a new connection where the server closes each', async () => {
    const load = await loaded(
      (req, res) => {
        req.resume()
        res.writeHead(200, { Connection: 'close', 'Content-Length': 2 }).end('ok')
      },
      [{ method: 'POST', path: '/', body: '{}' }],
    )
    expect(load.requests).toBeGreaterThan(3)
  })

  it('fails when an answer is not 200', async () => {
    const failing = loaded((_req, res) => res.writeHead(503).end(), [{ method: 'GET', path: '/' }])
    await expect(failing).rejects.toThrow('503 Service Unavailable')
  })
})

describe('the statistics', () => {
  it('take the middle, and the mean of two in the middle', () => {
    expect(median([3, 1, 2])).toBe(2)
    expect(median([4, 1, 2, 3])).toBe(2.5)
    expect(median([])).toBeNaN()
  })

  it('take the value at a fraction', () => {
    expect(quantile([1, 2, 3, 4], 0.5)).toBe(3)
    expect(quantile([1, 2, 3, 4], 0.99)).toBe(4)
    expect(quantile([], 0.5)).toBeNaN()
  })
})
