import { AssertionError } from '../errors/builtins.ts'
import type { Request } from '../request/request.ts'
import type { RequestRedirect } from '../routing/errors.ts'

/**
 * In debug mode, a redirect that would lose the body of a form is an error that says how to mend
 * the form or the rule (Flask's `FormDataRoutingRedirect`).
 */
export function formDataRoutingRedirect(request: Request, error: RequestRedirect): AssertionError {
  const lines = [
    `A request was sent to '${request.url}', but routing issued a redirect to the canonical URL ` +
      `'${error.newUrl}'.`,
  ]
  if (`${request.baseUrl}/` === error.newUrl.split('?')[0]) {
    lines.push(
      'The URL was defined with a trailing slash. The app redirects a URL without one to it.',
    )
  }
  lines.push(
    `Send requests to the canonical URL, or use 307 or 308 for routing redirects, since browsers ` +
      `drop the form data otherwise.`,
    'This error is only raised in debug mode.',
  )
  return new AssertionError(lines.join('\n\n'))
}
