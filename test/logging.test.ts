import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import {
  createLogger,
  defaultHandler,
  escapeLogText,
  formatLogRecord,
  LOG_LEVELS,
  Logger,
  type LogRecord,
} from '../src/logging.ts'

const NOW = new Date(2023, 10, 14, 22, 13, 20, 7).getTime()

beforeEach(() => {
  vi.spyOn(Date, 'now').mockReturnValue(NOW)
})
afterEach(() => vi.restoreAllMocks())

function collecting(logger: Logger): LogRecord[] {
  const records: LogRecord[] = []
  logger.handlers.length = 0
  logger.addHandler({ handle: (record) => records.push(record) })
  return records
}

const lineOf = (record: LogRecord | undefined): string =>
  record === undefined ? 'nothing logged' : formatLogRecord(record)

describe('createLogger', () => {
  it('logs warnings and worse, everything while debugging', () => {
    for (const [debug, expected] of [
      [false, ['WARNING', 'ERROR', 'ERROR', 'CRITICAL']],
      [true, ['DEBUG', 'INFO', 'WARNING', 'ERROR', 'ERROR', 'CRITICAL']],
    ] as const) {
      const logger = createLogger({ name: 'app', debug })
      const records = collecting(logger)
      logger.debug('m')
      logger.info('m')
      logger.warning('m')
      logger.error('m')
      logger.exception('m', new Error('e'))
      logger.critical('m')
      expect(records.map((record) => record.levelname)).toEqual(expected)
    }
  })

  it('writes to stderr in Flask’s form', () => {
    const written: unknown[] = []
    vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
      written.push(text)
      return true
    })
    const logger = createLogger({ name: 'app', debug: false })
    expect(logger.handlers).toEqual([defaultHandler])
    logger.warning('watch %s, %d', 'out', 3)
    expect(written).toEqual(['[2023-11-14 22:13:20,007] WARNING in app: watch out, 3\n'])
  })
})

describe('Logger', () => {
  it('has levels that can be changed and asked', () => {
    const logger = new Logger('l')
    expect(logger.level).toBe(LOG_LEVELS.WARNING)
    expect(logger.isEnabledFor('INFO')).toBe(false)
    logger.setLevel('INFO')
    expect(logger.isEnabledFor('INFO')).toBe(true)
    logger.setLevel(45)
    expect(logger.isEnabledFor('ERROR')).toBe(false)
    expect(() => logger.setLevel('LOUD' as 'INFO')).toThrow('Unknown level LOUD')
  })

  it('has handlers with levels of their own', () => {
    const logger = new Logger('l', 'DEBUG')
    const records = collecting(logger)
    const errors: LogRecord[] = []
    const handler = { level: LOG_LEVELS.ERROR, handle: (record: LogRecord) => errors.push(record) }
    logger.addHandler(handler)
    logger.addHandler(handler)
    logger.info('a')
    logger.error('b')
    logger.removeHandler(handler)
    logger.removeHandler(handler)
    logger.error('c')
    expect(records.map((record) => record.message)).toEqual(['a', 'b', 'c'])
    expect(errors.map((record) => record.message)).toEqual(['b'])
  })

  it('fills in arguments only when there are any', () => {
    const logger = new Logger('l', 'DEBUG')
    const records = collecting(logger)
    logger.info('100%s')
    logger.info('%j and %s', { a: 1 }, 'b')
    logger.error('%s', 'x', { excInfo: new Error('e') })
    logger.exception(new TypeError('only the error'))
    logger.exception('path /%s', new Error('e'))
    expect(records.map((record) => record.message)).toEqual([
      '100%s',
      '{"a":1} and b',
      'x',
      'only the error',
      'path /%s',
    ])
    expect(records.map((record) => record.excInfo instanceof Error)).toEqual([
      false,
      false,
      true,
      true,
      true,
    ])
  })
})

describe('a record is one line, whoever sent its text (S47)', () => {
  const forged =
    'GET /\r\n[2023-11-14 22:13:20,007] CRITICAL in app: forged\u2028\x1b[31m\x00\x9b\x7f'

  it('escapes line ends and control characters, and nothing else', () => {
    expect(escapeLogText(forged)).toBe(
      'GET /\\r\\n[2023-11-14 22:13:20,007] CRITICAL in app: forged\\u2028\\x1b[31m\\x00\\x9b\\x7f',
    )
    expect(escapeLogText('tab\there é 😀 \\n "quoted"')).toBe('tab\there é 😀 \\n "quoted"')
  })

  it('in messages, arguments and names', () => {
    const logger = new Logger('na\nme', 'DEBUG')
    const records = collecting(logger)
    logger.info(forged)
    logger.info('path: %s', forged)
    for (const record of records) {
      const line = lineOf(record)
      expect(line.split(/[\r\n\u2028]/)).toHaveLength(1)
      expect(line).not.toContain('\x1b')
      expect(line).toContain('na\\nme')
    }
  })

  it('adds lines only for the frames of a stack, and indents them', () => {
    const logger = new Logger('app')
    const records = collecting(logger)
    const cause = new TypeError(`inner${forged}`)
    const error = new RangeError(`${forged}\n    at evil (fake.js:1:1)`, { cause })
    logger.exception('Exception on %s', '/\n', error)
    const [head, ...lines] = lineOf(records[0]).split('\n')
    expect(head).toBe('[2023-11-14 22:13:20,007] ERROR in app: Exception on /\\n')
    expect(lines.length).toBeGreaterThan(3)
    expect(lines[0]).toMatch(/^ {2}RangeError: GET \/\\r\\n.*\\n {4}at evil \(fake\.js:1:1\)$/)
    const causeAt = lines.findIndex((line) => line.startsWith('  caused by TypeError: innerGET'))
    expect(causeAt).toBeGreaterThan(0)
    for (const [i, line] of lines.entries()) {
      if (i !== 0 && i !== causeAt) expect(line).toMatch(/^ {4}at /)
      expect(line).toBe(escapeLogText(line))
    }
    expect(lines.filter((line) => line.includes('at evil'))).toHaveLength(1)
  })

  it('shows what was thrown even when it is no error, and ends with circular causes', () => {
    const logger = new Logger('app')
    const records = collecting(logger)
    logger.error('m', { excInfo: 'thrown\ntext' })
    expect(lineOf(records[0]).split('\n')[1]).toBe('  thrown\\ntext')
    const error = new Error('round')
    error.cause = error
    logger.exception('m', error)
    expect(lineOf(records[1]).match(/round/g)).toHaveLength(1)
  })
})
