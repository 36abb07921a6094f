import type { Server } from 'node:http'
import { createApp } from './app.ts'
import { createClient } from './tutorial/client.ts'

const host = '127.0.0.1'
const port = Number(process.env.PORT ?? 5000)

const addressOf = (server: Server): string => {
  const address = server.address()
  return typeof address === 'object' && address !== null ? `http://${host}:${address.port}` : ''
}

// The tutorial's browser client has an origin of its own, which the app has to know.
let board = ''
const client = createClient(() => `${board}/tutorial/api`)
const clientOrigin = addressOf(await client.run({ host, port: port === 0 ? 0 : port + 1 }))
const app = await createApp({ clientOrigins: [clientOrigin] })
board = addressOf(await app.run({ host, port }))
console.log(`The noticeboard is at ${board} (Ctrl-C stops it).`)
console.log(`The tutorial's client, on an origin of its own, is at ${clientOrigin}.`)
