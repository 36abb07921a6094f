import {
  dateText,
  dateTimeText,
  isStorable,
  parseDateTime,
  parsePostgresInterval,
  parseSpan,
  parseTime,
  spanText,
  timeText,
} from './datetime-text.ts'
import { badData, wrongType } from './refuse.ts'
import {
  type Callable,
  callable,
  type Processor,
  type TypeDialect,
  TypeEngine,
} from './type-engine.ts'

function storableDate(type: string, value: unknown): Date {
  if (!(value instanceof Date)) throw wrongType(type, 'Date objects', value)
  if (!isStorable(value)) throw badData(type, 'not a date between the years 1 and 9999', value)
  return value
}

function readDate(type: string, value: unknown): Date {
  if (value instanceof Date) return value
  const date = parseDateTime(String(value))
  if (date) return date
  throw badData(type, `Couldn't parse ${type.toLowerCase()} string`, value)
}

/** DATE: a `Date` at midnight UTC, so that it is the same day everywhere. */
export class DateType extends TypeEngine<Date> {
  readonly visitName = 'date'

  override bindProcessor(): Processor {
    return (value) => dateText(storableDate('Date', value))
  }

  override resultProcessor(dialect: TypeDialect): Processor | null {
    return dialect.name === 'postgresql' ? null : (value) => readDate('Date', value)
  }

  override ddl(): string {
    return 'DATE'
  }
}

/** Options of {@link DateTime} and {@link Time}. */
export interface TimeOptions {
  /** WITH TIME ZONE, on PostgreSQL. */
  readonly timezone?: boolean
}

/** DATETIME, TIMESTAMP: a `Date`. A database's time without zone is UTC. */
export class DateTimeType extends TypeEngine<Date> {
  readonly visitName: string = 'datetime'
  readonly timezone: boolean

  constructor(options: TimeOptions | boolean = {}) {
    super()
    this.timezone = typeof options === 'boolean' ? options : (options.timezone ?? false)
  }

  override bindProcessor(dialect: TypeDialect): Processor {
    const zone = this.timezone && dialect.name === 'postgresql' ? '+00:00' : ''
    return (value) => dateTimeText(storableDate('DateTime', value)) + zone
  }

  override resultProcessor(dialect: TypeDialect): Processor | null {
    return dialect.name === 'postgresql' ? null : (value) => readDate('DateTime', value)
  }

  override ddl(dialect: TypeDialect): string {
    return dialect.name === 'postgresql' ? this.timestamp(dialect) : 'DATETIME'
  }

  protected timestamp(dialect: TypeDialect): string {
    if (dialect.name !== 'postgresql') return 'TIMESTAMP'
    return `TIMESTAMP ${this.timezone ? 'WITH' : 'WITHOUT'} TIME ZONE`
  }
}

class TimestampType extends DateTimeType {
  override readonly visitName = 'TIMESTAMP'

  override ddl(dialect: TypeDialect): string {
    return this.timestamp(dialect)
  }
}

/** TIME: a time of day as text, `'09:05:00'` or `'09:05:00.250000'`. */
export class TimeType extends TypeEngine<string> {
  readonly visitName = 'time'
  readonly timezone: boolean

  constructor(options: TimeOptions | boolean = {}) {
    super()
    this.timezone = typeof options === 'boolean' ? options : (options.timezone ?? false)
  }

  override bindProcessor(dialect: TypeDialect): Processor {
    return (value) => {
      if (typeof value !== 'string') throw wrongType('Time', "strings such as '09:05:00'", value)
      const time = parseTime(value)
      if (!time || (time.offset && !this.timezone)) {
        throw badData('Time', 'not a time of day', value)
      }
      return dialect.name === 'sqlite'
        ? `${time.base}.${String(time.microseconds).padStart(6, '0')}`
        : timeText(time)
    }
  }

  override resultProcessor(): Processor {
    return (value) => {
      const time = parseTime(String(value))
      if (time) return timeText(time)
      throw badData('Time', "Couldn't parse time string", value)
    }
  }

  override ddl(dialect: TypeDialect): string {
    if (dialect.name !== 'postgresql') return 'TIME'
    return `TIME ${this.timezone ? 'WITH' : 'WITHOUT'} TIME ZONE`
  }
}

/** INTERVAL, elsewhere a DATETIME counted from 1970: a `number` of seconds. */
export class IntervalType extends TypeEngine<number> {
  readonly visitName = 'interval'

  override bindProcessor(dialect: TypeDialect): Processor {
    return (value) => {
      if (typeof value !== 'number') throw wrongType('Interval', 'numbers of seconds', value)
      const text = Number.isFinite(value) ? spanText(value) : undefined
      if (text === undefined) throw badData('Interval', 'out of range', value)
      return dialect.name === 'postgresql' ? `${value.toFixed(6)} seconds` : text
    }
  }

  override resultProcessor(dialect: TypeDialect): Processor {
    const parse = dialect.name === 'postgresql' ? parsePostgresInterval : parseSpan
    return (value) => {
      if (value instanceof Date) return value.getTime() / 1000
      const seconds = parse(String(value))
      if (seconds === undefined) throw badData('Interval', "Couldn't parse interval", value)
      return seconds
    }
  }

  override ddl(dialect: TypeDialect): string {
    return dialect.name === 'postgresql' ? 'INTERVAL' : 'DATETIME'
  }
}

export const Date_: Callable<typeof DateType> = callable('Date', DateType)
export const DateTime: Callable<typeof DateTimeType> = callable('DateTime', DateTimeType)
export const TIMESTAMP: Callable<typeof TimestampType> = callable('TIMESTAMP', TimestampType)
export const Time: Callable<typeof TimeType> = callable('Time', TimeType)
export const Interval: Callable<typeof IntervalType> = callable('Interval', IntervalType)
