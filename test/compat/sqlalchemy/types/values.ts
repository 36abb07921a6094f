import * as types from '../../../../compat/sqlalchemy/types/index.ts'

/** One value of one type, as we have it and as Python has it. */
export interface TypedValue {
  readonly type: () => types.TypeEngine
  /** The type in Python. */
  readonly python: string
  /** The values of ours and, in the same order, what Python has for them. */
  readonly values: readonly (readonly [ours: unknown, python: string])[]
  /** PostgreSQL has types of which others know nothing. */
  readonly only?: readonly string[]
}

const utc = (text: string): Date => new Date(`${text}Z`)

const Color = { Red: 'r', Green: 'g' } as const

export const VALUES: Readonly<Record<string, TypedValue>> = {
  integer: {
    type: () => types.Integer(),
    python: 'Integer',
    values: [
      [0, '0'],
      [-2147483648, '-2147483648'],
      [2147483647, '2147483647'],
      [null, 'None'],
    ],
  },
  small: { type: () => types.SmallInteger(), python: 'SmallInteger', values: [[-32768, '-32768']] },
  big: {
    type: () => types.BigInteger(),
    python: 'BigInteger',
    values: [
      [2n ** 63n - 1n, '9223372036854775807'],
      [-(2n ** 63n), '-9223372036854775808'],
      [5n, '5'],
    ],
  },
  double: {
    type: () => types.Float(53),
    python: 'Float(53)',
    values: [
      [0.1, '0.1'],
      [-1.5e300, '-1.5e+300'],
      [3, '3.0'],
    ],
  },
  numeric: {
    type: () => types.Numeric(15, 2),
    python: 'Numeric(15, 2)',
    values: [
      ['12.50', "Decimal('12.50')"],
      ['-0.01', "Decimal('-0.01')"],
      ['1234567890123.45', "Decimal('1234567890123.45')"],
      ['3.00', "Decimal('3.00')"],
    ],
  },
  numeric_number: {
    type: () => types.Numeric(10, 2, { asdecimal: false }),
    python: 'Numeric(10, 2, asdecimal=False)',
    values: [[12.5, '12.5']],
  },
  string: {
    type: () => types.String(80),
    python: 'String(80)',
    values: [
      ['', "''"],
      ['it\'s "quoted" \\ `x` %s ? $1 :a', "'it\\'s \"quoted\" \\\\ `x` %s ? $1 :a'"],
      ['žluťoučký 🐎 漢字', "'žluťoučký 🐎 漢字'"],
    ],
  },
  text: { type: () => types.Text(), python: 'Text', values: [['a\nb\tc', "'a\\nb\\tc'"]] },
  boolean: {
    type: () => types.Boolean(),
    python: 'Boolean',
    values: [
      [true, 'True'],
      [false, 'False'],
      [null, 'None'],
    ],
  },
  date: {
    type: () => types.Date(),
    python: 'Date',
    values: [
      [utc('2026-03-01T00:00:00'), 'datetime.date(2026, 3, 1)'],
      [utc('1969-12-31T00:00:00'), 'datetime.date(1969, 12, 31)'],
    ],
  },
  time: {
    type: () => types.Time(),
    python: 'Time',
    values: [
      ['09:05:00', 'datetime.time(9, 5)'],
      ['23:59:59', 'datetime.time(23, 59, 59)'],
    ],
  },
  datetime: {
    type: () => types.DateTime(),
    python: 'DateTime',
    values: [
      [utc('2026-03-29T02:30:15'), 'datetime.datetime(2026, 3, 29, 2, 30, 15)'],
      [utc('1001-01-01T00:00:00'), 'datetime.datetime(1001, 1, 1, 0, 0)'],
    ],
  },
  interval: {
    type: () => types.Interval(),
    python: 'Interval',
    values: [
      [90, 'datetime.timedelta(seconds=90)'],
      [86_400 * 400, 'datetime.timedelta(days=400)'],
      [-60, 'datetime.timedelta(days=-1, seconds=86340)'],
    ],
  },
  binary: {
    type: () => types.LargeBinary(),
    python: 'LargeBinary',
    values: [[Buffer.from([0, 1, 39, 92, 255]), 'b"\\x00\\x01\'\\\\\\xff"']],
  },
  json: {
    type: () => types.JSON(),
    python: 'JSON',
    values: [
      [{ a: [1, null, 'x, y: "z"'], ü: true }, "{'a': [1, None, 'x, y: \"z\"'], 'ü': True}"],
      ['text', "'text'"],
      [null, 'None'],
      [0, '0'],
    ],
  },
  enum: {
    type: () => types.Enum('a', "it's", { name: 'letters' }),
    python: "Enum('a', \"it's\", name='letters')",
    values: [["it's", '"it\'s"']],
  },
  enum_object: {
    type: () => types.Enum(Color, { name: 'color' }),
    python: "Enum(Color, name='color')",
    values: [['g', "<Color.Green: 'g'>"]],
  },
  fractions: {
    // MySQL's DATETIME and TIME keep whole seconds.
    only: ['sqlite', 'postgresql'],
    type: () => types.DateTime(),
    python: 'DateTime',
    values: [[utc('2026-03-01T10:00:00.123'), 'datetime.datetime(2026, 3, 1, 10, 0, 0, 123000)']],
  },
  time_fraction: {
    only: ['sqlite', 'postgresql'],
    type: () => types.Time(),
    python: 'Time',
    values: [['09:05:00.000250', 'datetime.time(9, 5, 0, 250)']],
  },
  interval_fraction: {
    only: ['sqlite', 'postgresql'],
    type: () => types.Interval(),
    python: 'Interval',
    values: [[1.5, 'datetime.timedelta(seconds=1, microseconds=500000)']],
  },
  zoned: {
    only: ['postgresql'],
    type: () => types.DateTime({ timezone: true }),
    python: 'DateTime(timezone=True)',
    values: [
      [
        utc('2026-03-29T02:30:15'),
        'datetime.datetime(2026, 3, 29, 2, 30, 15, tzinfo=datetime.timezone.utc)',
      ],
    ],
  },
  array: {
    only: ['postgresql'],
    type: () => types.ARRAY(types.String(20)),
    python: 'ARRAY(String(20))',
    values: [
      [['a', 'b "c", {d}', ''], "['a', 'b \"c\", {d}', '']"],
      [[], '[]'],
    ],
  },
  array_of_numbers: {
    only: ['postgresql'],
    type: () => types.ARRAY(types.Numeric(6, 2), { dimensions: 2 }),
    python: 'ARRAY(Numeric(6, 2), dimensions=2)',
    values: [[[['1.50', '2.00']], "[[Decimal('1.50'), Decimal('2.00')]]"]],
  },
}

/** The values a database is asked about. */
export function valuesFor(dialect: string): [string, TypedValue][] {
  return Object.entries(VALUES).filter(([, { only }]) => only?.includes(dialect) ?? true)
}
