import { NoSuchColumnError } from '../../errors.ts'

/**
 * One row of a result: a tuple (`const [id, name] = row`, `row[0]`) whose values also have names (`row.id`).
 * A column that is called `length` is only reached as `row._mapping.length` or by position.
 */
export class Row extends Array<unknown> {
  /** The names of the values, in order. */
  declare readonly _fields: readonly string[]

  /** Arrays made of a row by `map`, `filter` and so on are plain ones. */
  static override get [Symbol.species](): ArrayConstructor {
    return Array
  }

  /** The row as a plain object. */
  get _mapping(): Record<string, unknown> {
    return this._asdict()
  }

  /** The row as a plain object, as SQLAlchemy's `row._asdict()`. */
  _asdict(): Record<string, unknown> {
    const mapping: Record<string, unknown> = {}
    this._fields.forEach((field, index) => {
      define(mapping, field, this[index])
    })
    return mapping
  }

  /** The row as a plain array. */
  _tuple(): unknown[] {
    return Array.from(this)
  }
}

/** A key such as `__proto__` is a key like another one. */
function define(target: Record<string, unknown>, key: string, value: unknown): void {
  if (key === '__proto__') {
    Object.defineProperty(target, key, {
      value,
      enumerable: true,
      configurable: true,
      writable: true,
    })
  } else target[key] = value
}

/** Names that stay the array's own: the engine keeps `length` on each array. */
const RESERVED: ReadonlySet<string> = new Set([
  'length',
  'constructor',
  '_fields',
  '_mapping',
  '_asdict',
  '_tuple',
])

/** The names of a result's values, and the class of its rows. */
export class RowShape {
  readonly keys: readonly string[]
  #rowClass: (new (length: number) => Row) | undefined

  constructor(keys: readonly string[]) {
    this.keys = keys
  }

  /** A row of these values. */
  row(values: readonly unknown[]): Row {
    const row = this.emptyRow()
    for (let index = 0; index < values.length; index++) row[index] = values[index]
    return row
  }

  /** A row of one value. */
  single(value: unknown): Row {
    const row = this.emptyRow()
    row[0] = value
    return row
  }

  /** A row to be filled in order. */
  emptyRow(): Row {
    this.#rowClass ??= rowClass(this.keys)
    return new this.#rowClass(0)
  }

  /**
   * The position of a column given by position (negative: from the end) or name.
   *
   * @throws NoSuchColumnError when there is none.
   */
  indexOf(column: number | string): number {
    const index =
      typeof column === 'string'
        ? this.keys.indexOf(column)
        : column < 0
          ? this.keys.length + column
          : column
    if (Number.isInteger(index) && index >= 0 && index < this.keys.length) return index
    throw new NoSuchColumnError(
      typeof column === 'string'
        ? `Could not locate column in row for column '${column}'`
        : `Row has no column ${column}: it has ${this.keys.length}`,
    )
  }
}

/** One class for each shape: its getters are found on the prototype, so a row is nothing but its values. */
function rowClass(keys: readonly string[]): new (length: number) => Row {
  class ShapedRow extends Row {}
  Object.defineProperty(ShapedRow, 'name', { value: 'Row' })
  Object.defineProperty(ShapedRow.prototype, '_fields', { value: keys })
  keys.forEach((key, index) => {
    // The first of two columns with one name keeps it.
    if (RESERVED.has(key) || Object.hasOwn(ShapedRow.prototype, key)) return
    Object.defineProperty(ShapedRow.prototype, key, {
      configurable: true,
      get(this: Row) {
        return this[index]
      },
    })
  })
  return ShapedRow
}
