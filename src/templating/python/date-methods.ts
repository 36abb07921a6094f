import { builtin } from './call.ts'
import { str } from './text.ts'

const pad = (value: number, width = 2): string => String(value).padStart(width, '0')

const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday']
const MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
]

const DAY = 86_400_000

function dayOfYear(date: Date): number {
  return Math.floor((date.getTime() - Date.UTC(date.getUTCFullYear(), 0, 1)) / DAY) + 1
}

function directive(date: Date, code: string): string | null {
  const hour = date.getUTCHours()
  const weekday = date.getUTCDay()
  switch (code) {
    case 'a':
      return (DAYS[weekday] as string).slice(0, 3)
    case 'A':
      return DAYS[weekday] as string
    case 'w':
      return String(weekday)
    case 'd':
      return pad(date.getUTCDate())
    case 'e':
      return String(date.getUTCDate()).padStart(2)
    case 'b':
    case 'h':
      return (MONTHS[date.getUTCMonth()] as string).slice(0, 3)
    case 'B':
      return MONTHS[date.getUTCMonth()] as string
    case 'm':
      return pad(date.getUTCMonth() + 1)
    case 'y':
      return pad(date.getUTCFullYear() % 100)
    case 'Y':
      return String(date.getUTCFullYear())
    case 'H':
      return pad(hour)
    case 'I':
      return pad(hour % 12 || 12)
    case 'p':
      return hour < 12 ? 'AM' : 'PM'
    case 'M':
      return pad(date.getUTCMinutes())
    case 'S':
      return pad(date.getUTCSeconds())
    case 'f':
      return `${pad(date.getUTCMilliseconds(), 3)}000`
    case 'z':
      return '+0000'
    case 'Z':
      return 'UTC'
    case 'j':
      return pad(dayOfYear(date), 3)
    case 'u':
      return String(weekday || 7)
    case 'U':
      return pad(Math.floor((dayOfYear(date) + 6 - weekday) / 7))
    case 'W':
      return pad(Math.floor((dayOfYear(date) + 6 - ((weekday + 6) % 7)) / 7))
    case 's':
      return String(Math.floor(date.getTime() / 1000))
    case 'c':
      return strftime(date, '%a %b %e %H:%M:%S %Y')
    case 'x':
    case 'D':
      return strftime(date, '%m/%d/%y')
    case 'X':
    case 'T':
      return strftime(date, '%H:%M:%S')
    case 'F':
      return strftime(date, '%Y-%m-%d')
    case 'R':
      return strftime(date, '%H:%M')
    case 'n':
      return '\n'
    case 't':
      return '\t'
    case '%':
      return '%'
    default:
      return null
  }
}

/** Python's `datetime.strftime` in UTC, C locale; `%-d` and the like leave the padding out. */
export function strftime(date: Date, format: string): string {
  return format.replace(/%(-?)([a-zA-Z%])/g, (all, bare: string, code: string) => {
    const text = directive(date, code)
    if (text === null) return all
    return bare === '' ? text : text.replace(/^[0 ]+(?=.)/, '')
  })
}

type Method = (self: Date, ...args: never[]) => unknown

/** Methods that a Date answers under Python's `datetime` names, in UTC. */
export const DATE_METHODS: ReadonlyMap<string, Method> = new Map<string, Method>([
  [
    'strftime',
    builtin('strftime', 'self format', (self: Date, format: unknown) =>
      strftime(self, String(format)),
    ),
  ],
  ['isoformat', builtin('isoformat', 'self', (self: Date) => str(self).replace(' ', 'T'))],
  ['timestamp', builtin('timestamp', 'self', (self: Date) => self.getTime() / 1000)],
  ['weekday', builtin('weekday', 'self', (self: Date) => (self.getUTCDay() + 6) % 7)],
  ['isoweekday', builtin('isoweekday', 'self', (self: Date) => self.getUTCDay() || 7)],
])

/** Attributes of Python's `datetime`, in UTC. */
export const DATE_ATTRIBUTES: ReadonlyMap<string, (self: Date) => number> = new Map<
  string,
  (self: Date) => number
>([
  ['year', (self) => self.getUTCFullYear()],
  ['month', (self) => self.getUTCMonth() + 1],
  ['day', (self) => self.getUTCDate()],
  ['hour', (self) => self.getUTCHours()],
  ['minute', (self) => self.getUTCMinutes()],
  ['second', (self) => self.getUTCSeconds()],
  ['microsecond', (self) => self.getUTCMilliseconds() * 1000],
])
