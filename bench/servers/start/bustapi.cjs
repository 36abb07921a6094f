const { createServer } = require('node:http')
const { BustAPI } = require('bustapi')

const app = new BustAPI('start')
app.get('/text', () => 'Hello, World!')
const server = createServer(app.wsgiApp)
server.listen(0, '127.0.0.1', () => console.log(`http://127.0.0.1:${server.address().port}`))

// Node writes the compile cache when the process ends in order.
if (process.env.NODE_COMPILE_CACHE) process.once('SIGTERM', () => process.exit())
