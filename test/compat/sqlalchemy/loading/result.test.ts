import { describe, expect, it } from 'vitest'
import {
  InvalidRequestError,
  MultipleResultsFound,
  NoResultFound,
  NoSuchColumnError,
  ResourceClosedError,
} from '../../../../compat/sqlalchemy/errors.ts'
import { AwaitableResult } from '../../../../compat/sqlalchemy/orm/loading/awaitable.ts'
import { Result, RowBuffer } from '../../../../compat/sqlalchemy/orm/loading/result.ts'
import { RowShape } from '../../../../compat/sqlalchemy/orm/loading/row.ts'

type Pair = [number, string] & {
  id: number
  name: string
  _asdict(): object
  _mapping: object
  _fields: string[]
  _tuple(): unknown[]
}

function pairs(...rows: [number, string][]): Result<Pair> {
  const shape = new RowShape(['id', 'name'])
  return new Result<Pair>(
    new RowBuffer(
      rows.map((row) => shape.row(row)),
      false,
      shape,
    ),
  )
}

function singles(values: unknown[], multiplied = false): Result<[unknown]> {
  return new Result(new RowBuffer(values, true, new RowShape(['value']), multiplied))
}

const two = () => pairs([1, 'a'], [2, 'b'])

class Entity {}

describe('a row', () => {
  it('is a tuple whose values have names', () => {
    const [row] = two().all() as [Pair]
    const [id, name] = row
    expect([id, name, row[0], row.name, row.length]).toEqual([1, 'a', 1, 'a', 2])
    expect(row).toEqual([1, 'a'])
    expect(JSON.stringify(row)).toBe('[1,"a"]')
  })

  it('gives itself as an object, with its names, and as a plain array', () => {
    const row = two().first() as Pair
    expect(row._asdict()).toEqual({ id: 1, name: 'a' })
    expect(row._mapping).toEqual({ id: 1, name: 'a' })
    expect(row._fields).toEqual(['id', 'name'])
    expect(Object.getPrototypeOf(row._tuple())).toBe(Array.prototype)
    expect(Object.getPrototypeOf(row.map((value) => value))).toBe(Array.prototype)
  })

  it('reaches values whose names are those of array methods, but not `length`', () => {
    const shape = new RowShape(['at', 'keys', 'length', '__proto__'])
    const row = shape.row([1, 2, 3, 4]) as unknown as Record<string, unknown>
    expect([row.at, row.keys, row.length]).toEqual([1, 2, 4])
    const mapping = (row as unknown as Pair)._asdict() as Record<string, unknown>
    expect(mapping.length).toBe(3)
    expect(Object.getOwnPropertyDescriptor(mapping, '__proto__')?.value).toBe(4)
    expect(Object.getPrototypeOf(mapping)).toBe(Object.prototype)
    expect([...(row as unknown as Iterable<unknown>)]).toEqual([1, 2, 3, 4])
  })

  it('lets the first of two columns with one name have it', () => {
    const row = new RowShape(['id', 'id']).row([1, 2]) as unknown as { id: number }
    expect(row.id).toBe(1)
  })
})

describe('a result', () => {
  it('gives each row once', () => {
    const result = two()
    expect(result.fetchone()).toEqual([1, 'a'])
    expect(result.all()).toEqual([[2, 'b']])
    expect(result.all()).toEqual([])
    expect(result.first()).toBeNull()
  })

  it('names its columns', () => {
    expect(two().keys()).toEqual(['id', 'name'])
    expect(two().returnsRows).toBe(true)
  })

  it('is closed by methods that read no more than one row', () => {
    for (const read of ['first', 'oneOrNone', 'scalar'] as const) {
      const result = pairs([1, 'a'])
      result[read]()
      expect(result.closed).toBe(true)
      expect(() => result.all()).toThrow(new ResourceClosedError('This result object is closed.'))
    }
  })

  it('asks for one row with one() and scalarOne()', () => {
    expect(pairs([1, 'a']).one()).toEqual([1, 'a'])
    expect(pairs([1, 'a']).scalarOne()).toBe(1)
    expect(() => pairs().one()).toThrow(new NoResultFound('No row was found when one was required'))
    expect(() => two().scalarOne()).toThrow(
      new MultipleResultsFound('Multiple rows were found when exactly one was required'),
    )
  })

  it('asks for no more than one row with oneOrNone() and scalarOneOrNone()', () => {
    expect(pairs().oneOrNone()).toBeNull()
    expect(pairs().scalarOneOrNone()).toBeNull()
    expect(pairs([1, 'a']).scalarOneOrNone()).toBe(1)
    expect(() => two().oneOrNone()).toThrow(
      new MultipleResultsFound('Multiple rows were found when one or none was required'),
    )
  })

  it('gives the first value of the first row with scalar()', () => {
    expect(two().scalar()).toBe(1)
    expect(pairs().scalar()).toBeNull()
  })

  it('gives one column with scalars(), by position or name', () => {
    expect(two().scalars().all()).toEqual([1, 2])
    expect(two().scalars('name').all()).toEqual(['a', 'b'])
    expect(
      two()
        .scalars(-1 as 1)
        .all(),
    ).toEqual(['a', 'b'])
    expect(() => two().scalars('zz' as 'id')).toThrow(
      new NoSuchColumnError("Could not locate column in row for column 'zz'"),
    )
    expect(() => two().scalars(7 as 1)).toThrow(NoSuchColumnError)
  })

  it('gives objects with mappings() and fewer columns with columns()', () => {
    expect(two().mappings().all()).toEqual([
      { id: 1, name: 'a' },
      { id: 2, name: 'b' },
    ])
    expect(two().mappings().columns('name').first()).toEqual({ name: 'a' })
    expect(two().columns('name', 'id').all()).toEqual([
      ['a', 1],
      ['b', 2],
    ])
    expect(singles([5]).mappings().one()).toEqual({ value: 5 })
    expect(singles([5]).columns(0).all()).toEqual([[5]])
  })

  it('leaves out repeated rows with unique(): values by content, objects by identity', () => {
    expect(pairs([1, 'a'], [1, 'a'], [1, 'b']).unique().all()).toEqual([
      [1, 'a'],
      [1, 'b'],
    ])
    expect(pairs([1, 'a'], [1, 'a']).unique().one()).toEqual([1, 'a'])
    const [a, b] = [new Entity(), new Entity()]
    expect(singles([a, b, a]).scalars().unique().all()).toEqual([a, b])
    expect(
      singles([new Date(1), new Date(1)])
        .unique()
        .scalars()
        .all(),
    ).toHaveLength(1)
    expect(
      singles([Buffer.from('x'), Buffer.from('x')])
        .scalars()
        .unique()
        .all(),
    ).toHaveLength(1)
    expect(
      two()
        .unique(() => 'same')
        .all(),
    ).toEqual([[1, 'a']])
    expect(pairs([1, 'a'], [1, 'a']).mappings().unique().all()).toEqual([{ id: 1, name: 'a' }])
  })

  it('does not mix up tuples whose joined text is the same', () => {
    const shape = new RowShape(['a', 'b'])
    const rows = [
      shape.row(['x,', 'y']),
      shape.row(['x', ',y']),
      shape.row([1, '1']),
      shape.row(['1', 1]),
    ]
    expect(new Result(new RowBuffer(rows, false, shape)).unique().all()).toHaveLength(4)
  })

  it('requires unique() where joined collections repeat rows', () => {
    const problem = new InvalidRequestError(
      'The unique() method must be invoked on this Result, as it contains results that include joined eager loads against collections',
    )
    expect(() => singles([1, 1], true).all()).toThrow(problem)
    expect(() => [...singles([1, 1], true)]).toThrow(problem)
    expect(singles([1, 1], true).unique().scalars().all()).toEqual([1])
  })

  it('gives groups with fetchmany(), partitions() and yieldPer()', () => {
    const result = singles([1, 2, 3]).scalars()
    expect(result.fetchmany(2)).toEqual([1, 2])
    expect(result.fetchmany(2)).toEqual([3])
    expect(result.fetchmany(2)).toEqual([])
    expect([...singles([1, 2, 3]).scalars().partitions(2)]).toEqual([[1, 2], [3]])
    expect([...singles([1, 2, 3]).yieldPer(2).scalars().partitions()]).toEqual([[1, 2], [3]])
    expect([...singles([1, 1, 2]).scalars().unique().partitions(2)]).toEqual([[1, 2]])
  })

  it('is iterable', () => {
    expect([...singles([1, 2]).scalars()]).toEqual([1, 2])
    expect([...two()].map((row) => row.id)).toEqual([1, 2])
  })
})

describe('a result under way', () => {
  const later = (result: Result<Pair>) => new AwaitableResult(Promise.resolve(result))

  it('is awaited, or its methods are called before', async () => {
    expect((await later(two())).all()).toEqual([
      [1, 'a'],
      [2, 'b'],
    ])
    expect(await later(two()).all()).toEqual([
      [1, 'a'],
      [2, 'b'],
    ])
    expect(await later(two()).scalars('name').first()).toBe('a')
    expect(await later(two()).mappings().unique().fetchmany(1)).toEqual([{ id: 1, name: 'a' }])
    expect(await later(two()).columns('name').scalar()).toBe('a')
    expect(await later(pairs()).oneOrNone()).toBeNull()
    expect(await later(two()).keys()).toEqual(['id', 'name'])
    await expect(later(two()).scalarOne()).rejects.toThrow(MultipleResultsFound)
  })

  it('is iterated with for await', async () => {
    const names: string[] = []
    for await (const row of later(two())) names.push(row.name)
    for await (const rows of later(two()).partitions(1)) names.push(rows[0]?.name ?? '')
    expect(names).toEqual(['a', 'b', 'a', 'b'])
  })

  it('rejects with the error of the execution', async () => {
    const failed = new AwaitableResult<Pair>(Promise.reject(new Error('no such table')))
    await expect(failed.scalars().all()).rejects.toThrow('no such table')
    expect(await failed.catch((error: unknown) => (error as Error).message)).toBe('no such table')
  })
})
