/**
 * Decodes what a parameter captured.
 *
 * @throws URIError with status 400 for malformed percent-encoding.
 */
export function decodeParam<T>(value: T): T | string {
  if (typeof value !== 'string' || value.indexOf('%') === -1) return value
  try {
    return decodeURIComponent(value)
  } catch (error) {
    if (error instanceof URIError) {
      error.message = `Failed to decode param '${value}'`
      Object.assign(error, { statusCode: 400, status: 400 })
    }
    throw error
  }
}
