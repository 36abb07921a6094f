import type { Response } from '../../src/index.ts'
import type { CorsPolicy, CorsRequest } from './policy.ts'

/** Marks a response that `crossOrigin` has decided about, so that `CORS` leaves it alone. */
const EVALUATED: unique symbol = Symbol('bustapi.cors.evaluated')

type Marked = Response & { [EVALUATED]?: true }

/** Adds a policy's headers to a response, unless `crossOrigin` has decided about it. */
export function setCorsHeaders(response: Response, policy: CorsPolicy, request: CorsRequest): void {
  if ((response as Marked)[EVALUATED] !== true) policy.addTo(response.headers, request)
}

/** Keeps `CORS` from deciding about this response again. */
export function markEvaluated(response: Response): void {
  ;(response as Marked)[EVALUATED] = true
}
