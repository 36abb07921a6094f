/** A browser as far as the demo needs one: keeps cookies, follows nothing, reads forms' tokens. */
export class Visitor {
  readonly #base: string
  readonly #cookies = new Map<string, string>()

  constructor(base: string) {
    this.#base = base
  }

  async open(
    path: string,
    options: RequestInit = {},
  ): Promise<{ status: number; headers: Headers; text: string }> {
    const cookie = [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    const headers = new Headers(options.headers)
    if (cookie !== '') headers.set('cookie', cookie)
    const reply = await fetch(this.#base + path, { redirect: 'manual', ...options, headers })
    for (const line of reply.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? []
      if (/max-age=0/i.test(line)) this.#cookies.delete(name)
      else this.#cookies.set(name, value)
    }
    return { status: reply.status, headers: reply.headers, text: await reply.text() }
  }

  /** A cookie as it is kept. */
  cookie(name: string): string | undefined {
    return this.#cookies.get(name)
  }

  keep(name: string, value: string): void {
    this.#cookies.set(name, value)
  }

  /** What the end of a browser's session does to a cookie without an age. */
  forget(name: string): void {
    this.#cookies.delete(name)
  }

  /** The token that the forms of a page carry. */
  async token(path: string): Promise<string> {
    const { text } = await this.open(path)
    return /name="csrf_token" value="([0-9a-f]+)"/.exec(text)?.[1] ?? ''
  }

  post(path: string, fields: Record<string, string>): ReturnType<Visitor['open']> {
    return this.open(path, { method: 'POST', body: new URLSearchParams(fields) })
  }
}
