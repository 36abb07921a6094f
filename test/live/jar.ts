/** A client that keeps its cookies, whichever process set them, as a browser behind one proxy would. */
export class Jar {
  readonly cookies: Map<string, string> = new Map()

  async send(
    url: string,
    {
      json,
      token,
      headers = {},
    }: { json?: unknown; token?: string; headers?: Record<string, string> } = {},
    method = 'POST',
  ): Promise<{ readonly status: number; readonly json: unknown }> {
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    const reply = await fetch(url, {
      method,
      headers: {
        'user-agent': 'exchange/1.0',
        ...(cookie !== '' && { cookie }),
        ...(json !== undefined && { 'content-type': 'application/json' }),
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
        ...headers,
      },
      ...(json !== undefined && { body: JSON.stringify(json) }),
    })
    for (const line of reply.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? []
      if (/max-age=0|expires=thu, 01 jan 1970/i.test(line)) this.cookies.delete(name)
      else this.cookies.set(name, value)
    }
    const text = await reply.text()
    try {
      return { status: reply.status, json: text === '' ? null : JSON.parse(text) }
    } catch {
      return { status: reply.status, json: text }
    }
  }

  get(
    url: string,
    options: Parameters<Jar['send']>[1] = {},
  ): Promise<{ readonly status: number; readonly json: unknown }> {
    return this.send(url, options, 'GET')
  }
}
