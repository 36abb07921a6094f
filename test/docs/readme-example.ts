import { BustAPI, renderTemplateString, request, session } from 'bustapi'
import helmet from 'helmet'

export const app: BustAPI = new BustAPI(import.meta.url)
app.secretKey = process.env.SECRET_KEY ?? 'change me'

app.use(helmet()) // unmodified Connect and Express middleware

app.get('/', () => {
  session.visits = Number(session.visits ?? 0) + 1
  return renderTemplateString('<h1>Visit {{ session.visits }}</h1>')
})

app.get('/users/<int:user_id>', ({ user_id }) => ({ user_id, next: user_id + 1 }))

app.post('/echo', async () => [{ got: request.json }, 201])

app.errorhandler(404, () => [{ error: 'nothing here' }, 404])
