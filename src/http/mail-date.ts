import { parsePythonInt, splitWords } from './text.ts'

const DAYS = new Set(['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'])

const MONTHS: ReadonlyMap<string, number> = new Map(
  [
    ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'],
    [
      'january',
      'february',
      'march',
      'april',
      'may',
      'june',
      'july',
      'august',
      'september',
      'october',
      'november',
      'december',
    ],
  ].flatMap((names) => names.map((name, index) => [name, index + 1] as const)),
)

/** Zone names of RFC 822 as `±hhmm`; military letters other than Z are unreliable and left out. */
const ZONES: ReadonlyMap<string, number> = new Map([
  ['UT', 0],
  ['UTC', 0],
  ['GMT', 0],
  ['Z', 0],
  ['AST', -400],
  ['ADT', -300],
  ['EST', -500],
  ['EDT', -400],
  ['CST', -600],
  ['CDT', -500],
  ['MST', -700],
  ['MDT', -600],
  ['PST', -800],
  ['PDT', -700],
])

/**
 * Reads a date as mail programs write it: RFC 5322 and 822, RFC 850 (`Sunday, 06-Nov-94 …`) and
 * asctime. It takes what Python's `email.utils.parsedate_to_datetime` takes, neither more nor less,
 * since a date that only one side reads turns a 304 into a 200.
 *
 * @returns The Date, or null when the text is no date.
 */
export function parseMailDate(text: string): Date | null {
  const words = dateWords(text)
  if (words === null) return null
  let [day, month, year, time, zone] = words
  if (!day || !month || !year) return null

  let monthNumber = MONTHS.get(month.toLowerCase())
  if (monthNumber === undefined) {
    ;[day, month] = [month, day]
    monthNumber = MONTHS.get(month.toLowerCase())
    if (monthNumber === undefined) return null
  }
  day = withoutComma(day)
  if (year.indexOf(':') > 0) [year, time] = [time, year]
  year = withoutComma(year)
  if (!year) return null
  if (!/^\d/.test(year)) [year, zone] = [zone, year]
  time = withoutComma(time)

  const clock = clockParts(time)
  const years = parsePythonInt(year)
  const days = parsePythonInt(day)
  if (clock === null || years === null || days === null) return null
  return utcDate(fullYear(years), monthNumber, days, clock, zoneMinutes(zone))
}

type DateWords = [day: string, month: string, year: string, time: string, zone: string]

function dateWords(text: string): DateWords | null {
  let words = splitWords(text)
  const first = words[0]
  if (first === undefined) return null
  if (first.endsWith(',') || DAYS.has(first.toLowerCase())) words.shift()
  else words[0] = first.slice(first.lastIndexOf(',') + 1)

  if (words.length === 3) {
    const parts = words[0]?.split('-') ?? []
    if (parts.length === 3) words = [...parts, ...words.slice(1)]
  }
  if (words.length === 4) {
    const last = words[3] ?? ''
    const plus = last.indexOf('+')
    const sign = plus === -1 ? last.indexOf('-') : plus
    if (sign > 0) words.splice(3, 1, last.slice(0, sign), last.slice(sign))
    else words.push('')
  }
  const [day, month, year, time, zone] = words
  if (zone === undefined) return null
  return [day ?? '', month ?? '', year ?? '', time ?? '', zone]
}

function withoutComma(word: string): string {
  return word.endsWith(',') ? word.slice(0, -1) : word
}

function clockParts(time: string): [hour: number, minute: number, second: number] | null {
  let parts = time.split(':')
  if (parts.length === 1) {
    // Some mail programs separate with dots; a lone number is no time.
    if (!time.includes('.')) return null
    parts = time.split('.')
  }
  if (parts.length !== 2 && parts.length !== 3) return null
  const [hour, minute, second] = parts.map(parsePythonInt)
  if (hour == null || minute == null || second === null) return null
  return [hour, minute, second ?? 0]
}

/** RFC 5322 §4.3: a year of two digits lies between 1969 and 2068. */
function fullYear(year: number): number {
  if (year >= 100) return year
  return year > 68 ? year + 1900 : year + 2000
}

function zoneMinutes(zone: string): number {
  const upper = zone.toUpperCase()
  const offset = ZONES.get(upper) ?? parsePythonInt(upper) ?? 0
  const size = Math.abs(offset)
  return Math.sign(offset) * (Math.floor(size / 100) * 60 + (size % 100))
}

function utcDate(
  year: number,
  month: number,
  day: number,
  [hour, minute, second]: [number, number, number],
  offsetMinutes: number,
): Date | null {
  if (year < 1 || year > 9999 || day < 1 || day > daysIn(year, month)) return null
  if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 59) return null
  if (Math.abs(offsetMinutes) >= 24 * 60) return null
  const date = new Date(0)
  // Not Date.UTC, which reads years under 100 as 19xx.
  date.setUTCFullYear(year, month - 1, day)
  date.setUTCHours(hour, minute - offsetMinutes, second)
  return date
}

function daysIn(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31
}
