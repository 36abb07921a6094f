import { format } from 'node:util'

/** Severity of a record, by Python's name; the numbers are Python's as well. */
export type LogLevel = 'DEBUG' | 'INFO' | 'WARNING' | 'ERROR' | 'CRITICAL'

/** Python's numbers for severities. */
export const LOG_LEVELS: Readonly<Record<LogLevel, number>> = {
  DEBUG: 10,
  INFO: 20,
  WARNING: 30,
  ERROR: 40,
  CRITICAL: 50,
}

/** One thing that was logged. */
export interface LogRecord {
  /** When, in milliseconds since 1970. */
  readonly created: number
  /** The severity's name. */
  readonly levelname: LogLevel
  /** The severity's number. */
  readonly levelno: number
  /** The logger's name. */
  readonly name: string
  /** The message with its arguments filled in, as it was given: it may hold any character. */
  readonly message: string
  /** The error whose stack belongs to the record, if any (Python's `exc_info`). */
  readonly excInfo: unknown
}

/** Where records go. */
export interface LogHandler {
  /** The least severity that it takes; all when absent. */
  readonly level?: number
  handle(record: LogRecord): void
}

/** As the last argument of a logging method: the error whose stack is to be shown. */
export interface ExcInfo {
  readonly excInfo: unknown
}

/** The part of an app that its logger is made from. */
export interface LoggingApp {
  readonly name: string
  readonly debug: boolean
}

// Control characters (C0, C1) and the line ends of Unicode; a tab moves no line.
const UNSAFE = /[^\t -~\xa0-\u2027\u202a-\uffff]/g

/**
 * Text that stays on its line and cannot drive a terminal, whoever sent it: control characters
 * become escapes such as `\n` and `\x1b`.
 */
export function escapeLogText(text: string): string {
  return text.replace(UNSAFE, (char) => {
    if (char === '\n') return '\\n'
    if (char === '\r') return '\\r'
    const code = char.charCodeAt(0)
    const digits = code.toString(16)
    return code > 0xff ? `\\u${digits.padStart(4, '0')}` : `\\x${digits.padStart(2, '0')}`
  })
}

/** An error's name, message and stack, with its causes; only the frames are lines of their own. */
function stackText(error: unknown): string {
  const lines: string[] = []
  const seen = new Set<unknown>()
  for (let at = error; at !== null && at !== undefined && !seen.has(at); ) {
    seen.add(at)
    const prefix = seen.size > 1 ? '  caused by ' : '  '
    if (!(at instanceof Error)) {
      lines.push(prefix + escapeLogText(String(at)))
      break
    }
    lines.push(prefix + escapeLogText(`${at.name}: ${at.message}`))
    lines.push(...framesOf(at).map((frame) => `    ${escapeLogText(frame)}`))
    at = at.cause
  }
  return lines.join('\n')
}

// The stack repeats the message, which may hold lines that look like frames: it is cut off first.
function framesOf(error: Error): string[] {
  const stack = error.stack ?? ''
  const at = error.message === '' ? -1 : stack.indexOf(error.message)
  const frames = at < 0 ? stack : stack.slice(at + error.message.length)
  return frames
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line.startsWith('at '))
}

const two = (number: number): string => String(number).padStart(2, '0')

/** Local time as Python's `asctime`: `2023-11-14 22:13:20,000`. */
function asctime(created: number): string {
  const at = new Date(created)
  const date = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`
  const time = `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`
  return `${date} ${time},${String(at.getMilliseconds()).padStart(3, '0')}`
}

/**
 * A record as Flask's default handler writes it, `[time] LEVEL in name: message`: one line, whatever
 * is in the message. Only an error's stack adds lines, which are indented.
 */
export function formatLogRecord(record: LogRecord): string {
  const head = `[${asctime(record.created)}] ${record.levelname} in ${escapeLogText(record.name)}`
  const line = `${head}: ${escapeLogText(record.message)}`
  return record.excInfo == null ? line : `${line}\n${stackText(record.excInfo)}`
}

/** Writes records to stderr (Flask's `default_handler`). */
export const defaultHandler: LogHandler = {
  handle(record) {
    process.stderr.write(`${formatLogRecord(record)}\n`)
  },
}

/** The levels' methods, Python's names. Messages may hold `%s`, `%d`, `%j` for the arguments. */
export class Logger {
  /** What the logger is called in its records. */
  readonly name: string
  /** Where records go; add to it, or empty it. */
  readonly handlers: LogHandler[] = []
  #level: number

  /**
   * @param name what the logger is called in its records
   * @param level the least severity that is logged; Python's default is `WARNING`
   */
  constructor(name: string, level: LogLevel | number = 'WARNING') {
    this.name = name
    this.#level = levelNumber(level)
  }

  /** The least severity that is logged, as a number. */
  get level(): number {
    return this.#level
  }

  /** Changes the least severity that is logged. */
  setLevel(level: LogLevel | number): void {
    this.#level = levelNumber(level)
  }

  /** Whether a record of this severity would be logged: ask before costly messages. */
  isEnabledFor(level: LogLevel | number): boolean {
    return levelNumber(level) >= this.#level
  }

  /** Adds a place where records go. */
  addHandler(handler: LogHandler): void {
    if (!this.handlers.includes(handler)) this.handlers.push(handler)
  }

  /** Removes a place where records go. */
  removeHandler(handler: LogHandler): void {
    const at = this.handlers.indexOf(handler)
    if (at >= 0) this.handlers.splice(at, 1)
  }

  /**
   * Logs at any severity.
   * @param args fill the message's `%s`, `%d`, `%j`; a last `{ excInfo: error }` adds its stack
   */
  log(level: LogLevel, message: unknown, ...args: unknown[]): void {
    const levelno = LOG_LEVELS[level]
    if (levelno < this.#level) return
    const last = args.at(-1)
    const excInfo = isExcInfo(last) ? last.excInfo : null
    const values = isExcInfo(last) ? args.slice(0, -1) : args
    const record: LogRecord = {
      created: Date.now(),
      levelname: level,
      levelno,
      name: this.name,
      message: values.length > 0 ? format(String(message), ...values) : String(message),
      excInfo,
    }
    for (const handler of this.handlers) {
      if (levelno >= (handler.level ?? 0)) handler.handle(record)
    }
  }

  /** For developers. */
  debug(message: unknown, ...args: unknown[]): void {
    this.log('DEBUG', message, ...args)
  }

  /** As expected. */
  info(message: unknown, ...args: unknown[]): void {
    this.log('INFO', message, ...args)
  }

  /** Unexpected, but the app goes on. */
  warning(message: unknown, ...args: unknown[]): void {
    this.log('WARNING', message, ...args)
  }

  /** Something could not be done. */
  error(message: unknown, ...args: unknown[]): void {
    this.log('ERROR', message, ...args)
  }

  /**
   * An error with its stack: the last argument if that is an error, or `{ excInfo: error }`.
   * Python finds the error by itself; here it has to be given.
   */
  exception(message: unknown, ...args: unknown[]): void {
    const last = args.at(-1)
    if (last instanceof Error) this.log('ERROR', message, ...args.slice(0, -1), { excInfo: last })
    else if (message instanceof Error) this.log('ERROR', message.message, { excInfo: message })
    else this.log('ERROR', message, ...args)
  }

  /** The app may not go on. */
  critical(message: unknown, ...args: unknown[]): void {
    this.log('CRITICAL', message, ...args)
  }
}

function levelNumber(level: LogLevel | number): number {
  const number = typeof level === 'number' ? level : LOG_LEVELS[level]
  if (typeof number === 'number' && !Number.isNaN(number)) return number
  throw new TypeError(`Unknown level ${String(level)}; use ${Object.keys(LOG_LEVELS).join(', ')}.`)
}

function isExcInfo(value: unknown): value is ExcInfo {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, 'excInfo')
}

/**
 * The logger of an app (Flask's `create_logger`), writing to stderr: everything when the app is
 * debugging, warnings and worse otherwise.
 */
export function createLogger(app: LoggingApp): Logger {
  const logger = new Logger(app.name, app.debug ? 'DEBUG' : 'WARNING')
  logger.addHandler(defaultHandler)
  return logger
}
