import { abort, request, safeStrCmp, session } from 'bustapi'

/** Ends the request with 400 unless the form carries the session's token. */
export function checkCsrf(): void {
  const expected = session.get('csrf')
  const given = request.form.get('csrf_token')
  if (typeof expected !== 'string' || typeof given !== 'string' || !safeStrCmp(given, expected)) {
    abort(400, 'The form has expired: go back, reload the page and send it again.')
  }
}
