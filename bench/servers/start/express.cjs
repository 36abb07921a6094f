const app = require('express')()

app.get('/text', (_req, res) => res.send('Hello, World!'))
const server = app.listen(0, '127.0.0.1', () => {
  console.log(`http://127.0.0.1:${server.address().port}`)
})
