import { createServer } from 'node:http'
import { BustAPI } from 'bustapi'

const app = new BustAPI('start')
app.get('/text', () => 'Hello, World!')
const server = createServer(app.wsgiApp)
server.listen(0, '127.0.0.1', () => console.log(`http://127.0.0.1:${server.address().port}`))
