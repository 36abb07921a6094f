import { JWTManager } from '../../../compat/jwt/index.ts'
import { BustAPI } from '../../../src/index.ts'
import { SECRET } from './keys.ts'

/** An app with a manager and a secret. */
export function makeApp(config: Record<string, unknown> = {}): { app: BustAPI; jwt: JWTManager } {
  const app = new BustAPI('jwt')
  app.config.fromMapping({ JWT_SECRET_KEY: SECRET, ...config })
  return { app, jwt: new JWTManager(app) }
}

/** What a token in a request's header is answered: status and JSON. */
export async function answerTo(
  app: BustAPI,
  token: string | null,
  path = '/',
): Promise<[status: number, body: unknown]> {
  const headers = token === null ? [] : [['Authorization', `Bearer ${token}`]]
  const reply = await app.testClient().get(path, { headers: headers as [string, string][] })
  return [reply.statusCode, reply.json]
}
