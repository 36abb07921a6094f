import { BustAPI, renderTemplate } from 'bustapi'

/**
 * The browser client, which is served from an origin of its own.
 * @param api gives the address of the tutorial's API, for example `http://127.0.0.1:5000/tutorial/api`
 */
export function createClient(api: () => string): BustAPI {
  const app = new BustAPI(import.meta.url, { templateFolder: 'client', staticFolder: 'client' })
  app.get('/', () => renderTemplate('client.html', { api: api() }))
  return app
}
