import type { AskParts, Reply } from './types.ts'

/** Cookies by name, for one site. */
export class CookieJar {
  readonly #cookies = new Map<string, string>()

  take(reply: Reply): void {
    for (const [name, value] of reply.headers) {
      if (name.toLowerCase() !== 'set-cookie') continue
      const [, key = '', text = ''] = /^([^=]+)=([^;]*)/.exec(value) ?? []
      if (/;\s*(expires=Thu, 01 Jan 1970|max-age=0)/i.test(value)) this.#cookies.delete(key)
      else this.#cookies.set(key, text)
    }
  }

  addTo<T extends AskParts>(ask: T): T {
    if (this.#cookies.size === 0) return ask
    const cookie = [...this.#cookies].map(([key, value]) => `${key}=${value}`).join('; ')
    return { ...ask, headers: { ...ask.headers, Cookie: cookie } }
  }
}
