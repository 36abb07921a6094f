/** A Date and what its milliseconds cannot hold. */
const DATE_TIME =
  /^(\d{4,})-(\d\d?)-(\d\d?)(?:[ T](\d\d?):(\d\d?)(?::(\d\d?)(?:\.(\d{1,9}))?)?\s*(Z|[+-]\d\d(?::?\d\d)?)?)?$/

const pad = (value: number, width = 2): string => String(value).padStart(width, '0')

/** Years 1 to 9999, which is what Python's datetime and the databases have in common. */
export function isStorable(value: unknown): value is Date {
  if (!(value instanceof Date)) return false
  const year = value.getUTCFullYear()
  return year >= 1 && year <= 9999
}

/** `2026-03-01` in UTC. */
export function dateText(value: Date): string {
  return value.toISOString().slice(0, 10)
}

/** `2026-03-01 09:05:00.123000` in UTC. */
export function dateTimeText(value: Date): string {
  const text = value.toISOString()
  return `${text.slice(0, 10)} ${text.slice(11, 23)}000`
}

/**
 * The time meant by a database's text; one without an offset is UTC. Undefined when it is none.
 * What is below a millisecond is cut off, as a Date has no room for it.
 */
export function parseDateTime(text: string): Date | undefined {
  const match = DATE_TIME.exec(text)
  if (!match) return undefined
  const [, year, month, day, hour = '0', minute = '0', second = '0', fraction = '', offset] = match
  const millis = Math.trunc(Number(`0.${fraction || '0'}`) * 1000 + 1e-6)
  const date = new Date(0)
  date.setUTCFullYear(Number(year), Number(month) - 1, Number(day))
  date.setUTCHours(Number(hour), Number(minute), Number(second), millis)
  if (date.getUTCMonth() !== Number(month) - 1 || date.getUTCDate() !== Number(day))
    return undefined
  return offset ? new Date(date.getTime() - offsetMinutes(offset) * 60_000) : date
}

function offsetMinutes(offset: string): number {
  if (offset === 'Z') return 0
  const minutes = Number(offset.slice(1, 3)) * 60 + Number(offset.slice(3).replace(':', '') || 0)
  return offset.startsWith('-') ? -minutes : minutes
}

const TIME = /^(\d\d?):(\d\d)(?::(\d\d)(?:\.(\d{1,6})\d*)?)?([+-]\d\d(?::?\d\d)?|Z)?$/

/** The parts of a time of day, or undefined when the text is none. */
export interface TimeOfDay {
  /** `HH:MM:SS` */
  readonly base: string
  readonly microseconds: number
  readonly offset: string
}

export function parseTime(text: string): TimeOfDay | undefined {
  const match = TIME.exec(text)
  if (!match) return undefined
  const [, hour = '', minute = '', second = '00', fraction = '', offset = ''] = match
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return undefined
  const base = `${hour.padStart(2, '0')}:${minute}:${second}`
  return { base, microseconds: Number(fraction.padEnd(6, '0')), offset }
}

/** `HH:MM:SS`, with `.ffffff` where there is a fraction, as Python writes a time. */
export function timeText(time: TimeOfDay): string {
  const fraction = time.microseconds ? `.${pad(time.microseconds, 6)}` : ''
  return time.base + fraction + time.offset
}

/** `1970-01-01 00:01:30.500000`: a span counted from the epoch, to the microsecond. */
export function spanText(seconds: number): string | undefined {
  const micros = Math.round(seconds * 1e6)
  const whole = Math.floor(micros / 1e6)
  const date = new Date(whole * 1000)
  if (Number.isNaN(date.getTime()) || !isStorable(date)) return undefined
  return `${dateTimeText(date).slice(0, 19)}.${pad(micros - whole * 1e6, 6)}`
}

/** The seconds of such a text. */
export function parseSpan(text: string): number | undefined {
  const [base = '', fraction = ''] = text.split('.')
  const date = parseDateTime(base)
  return date && (date.getTime() * 1000 + Number(fraction.slice(0, 6).padEnd(6, '0'))) / 1e6
}

const INTERVAL_UNITS: Readonly<Record<string, number>> = {
  year: 365 * 86_400,
  mon: 30 * 86_400,
  day: 86_400,
}

/** The seconds of PostgreSQL's interval text; months count 30 days and years 365, as in psycopg2. */
export function parsePostgresInterval(text: string): number | undefined {
  let micros = 0
  let known = text.length > 0
  const rest = text.replace(
    /([+-]?\d+) (year|mon|day)s?\s*/g,
    (_all, count: string, unit: string) => {
      micros += Number(count) * (INTERVAL_UNITS[unit] as number) * 1e6
      return ''
    },
  )
  if (rest) {
    const time = /^([+-])?(\d+):(\d\d):(\d\d)(?:\.(\d{1,6}))?$/.exec(rest)
    known = time !== null
    const [, sign, hours, minutes, seconds, fraction = ''] = time ?? []
    const part =
      (Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds)) * 1e6 +
      Number(fraction.padEnd(6, '0'))
    micros += sign === '-' ? -part : part
  }
  return known ? micros / 1e6 : undefined
}
