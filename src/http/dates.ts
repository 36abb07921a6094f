import { parseMailDate } from './mail-date.ts'
import { parsePythonInt } from './text.ts'

let lastSecond = Number.NaN
let lastText = ''

/**
 * Formats an HTTP date (RFC 9110 §5.6.7), Werkzeug's `http_date`.
 *
 * @param timestamp A Date, or Unix time in SECONDS; now when left out. Fractions are dropped.
 * @returns Text such as `Thu, 01 Jan 1970 00:00:00 GMT`.
 * @throws RangeError when the time is not a valid date.
 */
export function httpDate(timestamp?: Date | number | null): string {
  const ms =
    timestamp == null
      ? Date.now()
      : typeof timestamp === 'number'
        ? timestamp * 1000
        : timestamp.getTime()
  // A microsecond of slack, as a float of seconds cannot hold every whole one after arithmetic.
  const second = Math.floor((ms + 0.0005) / 1000)
  // One entry is enough: within a second a busy server asks for the same text again and again.
  if (second !== lastSecond) {
    const date = new Date(second * 1000)
    if (Number.isNaN(date.getTime())) throw new RangeError(`${String(timestamp)} is not a date`)
    lastText = date.toUTCString()
    lastSecond = second
  }
  return lastText
}

/**
 * Reads an HTTP date in any form that mail and HTTP ever used (Werkzeug's `parse_date`, which is
 * Python's `email.utils.parsedate_to_datetime`). Without a time zone it is UTC.
 *
 * @returns The Date, or null when the text is no date.
 */
export function parseDate(text: string | null | undefined): Date | null {
  return text == null ? null : parseMailDate(text)
}

/**
 * Reads an `Age`-like header (Werkzeug's `parse_age`).
 *
 * @returns Whole seconds, or null when missing, negative or malformed.
 */
export function parseAge(text: string | null | undefined): number | null {
  const seconds = parsePythonInt(text ?? '')
  if (seconds === null || seconds < 0) return null
  // Python's timedelta ends at 999,999,999 days.
  return seconds <= 999_999_999 * 86_400 + 86_399 ? seconds + 0 : null
}

/**
 * Writes an `Age`-like header (Werkzeug's `dump_age`).
 *
 * @param seconds Fractions are dropped; null or undefined means unknown.
 * @throws RangeError when negative.
 */
export function dumpAge(seconds: number | null | undefined): string | null {
  if (seconds == null) return null
  const whole = Math.trunc(seconds)
  if (whole < 0) throw new RangeError('age cannot be negative')
  return String(whole)
}
