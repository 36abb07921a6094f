const { createServer } = require('node:http')

const server = createServer((_req, res) => {
  const head = ['Content-Type', 'text/html; charset=utf-8', 'Content-Length', '13']
  res.writeHead(200, head).end('Hello, World!')
})
server.listen(0, '127.0.0.1', () => console.log(`http://127.0.0.1:${server.address().port}`))
