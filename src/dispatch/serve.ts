import type { ServerResponse } from 'node:http'
import type { RequestContext } from '../context/request-context.ts'
import { runInScope } from '../context/store.ts'
import type { Response } from '../response/response.ts'
import { writeResponse } from '../response/write.ts'
import type { MaybePromise } from '../types.ts'
import { isThenable } from './and-then.ts'
import { handleRequest } from './pipeline.ts'

/**
 * Reads the body, handles the request of a context and writes its response. Runs with the context
 * active; a body is the one thing that most requests with one have to wait for, and they wait once.
 * @returns when the response has ended or the client is gone
 * @throws what no handler took, when exceptions propagate
 */
export function serveRequest(context: RequestContext): MaybePromise<void> {
  const read = context.request.readBody()
  return isThenable(read) ? read.then(() => serveRead(context)) : serveRead(context)
}

function serveRead(context: RequestContext): MaybePromise<void> {
  const response = handleRequest(context)
  return isThenable(response)
    ? response.then((ready) => write(context, ready))
    : write(context, response)
}

/** The context has ended by now: what still streams sees it only by `streamWithContext`. */
function write(context: RequestContext, response: Response): MaybePromise<void> {
  if (!response.isStreamed) return writeOut(context, response)
  return runInScope(undefined, () => writeOut(context, response), undefined)
}

function writeOut(context: RequestContext, response: Response): MaybePromise<void> {
  const { app, request } = context
  const rawResponse = context.rawResponse as ServerResponse
  return writeResponse(response, request.method, rawResponse, {
    plain: app.isPlain(rawResponse),
    request,
    onError: app.onSendError,
  })
}
