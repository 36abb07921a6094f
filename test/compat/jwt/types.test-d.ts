// Compile-time facts about the types of `bustapi/jwt` and `bustapi/cors`: checked by tsc, never run.
import { BustAPI } from 'bustapi'
import { CORS, crossOrigin } from 'bustapi/cors'
import { type createAccessToken, type currentUser, JWTManager, jwtRequired } from 'bustapi/jwt'
import type { Equal, Expect } from '../../types/assert.ts'

// An app says once what its users are.
declare module 'bustapi/jwt' {
  interface CurrentUser {
    readonly nickname: string
  }
}
type _nickname = Expect<Equal<typeof currentUser.nickname, string>>
type _token = Expect<Equal<ReturnType<typeof createAccessToken>, string>>

const app = new BustAPI(import.meta.url)

// A wrapped view still has to fit its rule.
app.get(
  '/a/<int:id>',
  jwtRequired()(({ id }: { id: number }) => String(id)),
)
app.get(
  '/b/<int:id>',
  crossOrigin({ origins: /x$/ })(({ id }: { id: number }) => String(id)),
)
const text = jwtRequired()(({ id }: { id: string }) => id)
// @ts-expect-error the rule makes the variable a number
app.get('/c/<int:id>', text)

// @ts-expect-error a place that there is not
jwtRequired({ locations: 'header' })
// @ts-expect-error an option that there is not
CORS(app, { origin: '*' })
CORS(app, { resources: { '/api/*': { origins: ['https://a.example', /b$/] } } })
CORS(app, { resources: new Map([[/^\/api/, { maxAge: 5 }]]) })

const jwt = new JWTManager(app)
jwt.userIdentityLoader((user: { id: number }) => user.id)
jwt.tokenInBlocklistLoader(async (_header, { jti }) => jti === 'x')
// @ts-expect-error says yes or no, and not with a text
jwt.tokenInBlocklistLoader(() => 'yes')
