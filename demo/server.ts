import { createApp } from './app.ts'

const server = await createApp().run({
  host: '127.0.0.1',
  port: Number(process.env.PORT ?? 5000),
})
const address = server.address()
if (typeof address === 'object' && address !== null) {
  console.log(`The noticeboard is at http://127.0.0.1:${address.port} (Ctrl-C stops it).`)
}
