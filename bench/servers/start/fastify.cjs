const app = require('fastify')()

app.get('/text', (_request, reply) => reply.type('text/html; charset=utf-8').send('Hello, World!'))
app.listen({ host: '127.0.0.1', port: 0 }).then((url) => console.log(url))
