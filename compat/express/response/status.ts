import { statusMessages } from '../components.ts'
import type { Res } from '../types.ts'

/**
 * Sets the status.
 *
 * @throws TypeError for what is no integer, RangeError for one that is no status.
 */
export function status(this: Res, code: unknown): Res {
  if (!Number.isInteger(code)) {
    throw new TypeError(
      `Invalid status code: ${JSON.stringify(code)}. Status code must be an integer.`,
    )
  }
  if ((code as number) < 100 || (code as number) > 999) {
    throw new RangeError(
      `Invalid status code: ${JSON.stringify(code)}. Status code must be greater than 99 and less than 1000.`,
    )
  }
  this.statusCode = code as number
  return this
}

/** Sets the status and sends its name. */
export function sendStatus(this: Res, code: number): Res {
  const body = statusMessages[code] || String(code)
  this.status(code)
  this.type('txt')
  return this.send(body)
}
