import { depd, escapeHtml, statusMessages } from '../components.ts'
import type { Res } from '../types.ts'

const deprecate = depd('express')

/** Redirects to a URL, with the status 302 or the one that is given first. */
export function redirect(this: Res, ...args: unknown[]): void {
  const [status, url] = args.length === 2 ? args : [302, args[0]]
  if (!url) deprecate('Provide a url argument')
  if (typeof url !== 'string') deprecate('Url must be a string')
  if (typeof status !== 'number') deprecate('Status must be a number')

  sendRedirect(
    this,
    status as number,
    url,
    (title, address) =>
      `<!DOCTYPE html><head><title>${title}</title></head>` +
      `<body><p>${title}. Redirecting to ${address}</p></body>`,
    (code) => this.status(code),
  )
}

/** Sends a redirect with a page or a line of text that says so, as the client prefers. */
export function sendRedirect(
  res: Res,
  status: number,
  url: unknown,
  page: (title: string | undefined, address: string) => string,
  setStatus: (code: number) => void,
): void {
  const address = res.location(url).get('Location') as string
  const title = statusMessages[status]
  let body = ''
  res.format({
    text: () => {
      body = `${title}. Redirecting to ${address}`
    },
    html: () => {
      body = page(title, escapeHtml(address))
    },
    default: () => {
      body = ''
    },
  })
  setStatus(status)
  res.set('Content-Length', Buffer.byteLength(body))
  if (res.req.method === 'HEAD') res.end()
  else res.end(body)
}
