import { expect, it } from 'vitest'
import { BustAPI, request, session, g } from '../../src/index.ts'

it('answers', async () => {
  const app = new BustAPI(import.meta.url)
  app.secretKey = 'k'
  app.beforeRequest(() => { g.x = 1 })
  app.get('/users/<int:user_id>', ({ user_id }) => ({ user_id, q: request.args.get('q'), g: g.x }))
  app.get('/s', () => { session.set('n', 1); return 'ok' })
  const client = app.testClient()
  const r = await client.get('/users/7?q=a')
  expect(r.statusCode).toBe(200)
  expect(r.json).toEqual({ user_id: 7, q: 'a', g: 1 })
  const s = await client.get('/s')
  console.log(s.headers.toString())
  const n = await client.get('/users/x')
  console.log(n.statusCode, n.text)
})
