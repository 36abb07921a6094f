import { describe, expect, it } from 'vitest'
import { describeTable } from '../../../../compat/sqlalchemy/migrations/describe.ts'
import { sa } from '../../../../compat/sqlalchemy/migrations/sa.ts'
import { MetaData } from '../../../../compat/sqlalchemy/schema/metadata.ts'
import { Table } from '../../../../compat/sqlalchemy/schema/table.ts'

const DIALECT = { name: 'postgresql', flavour: null }

// The names are those that SQLAlchemy 1.4 gives for the same tables.
describe('names by convention', () => {
  it('are given to what has none', () => {
    const metadata = new MetaData({
      namingConvention: {
        ix: 'ix_%(column_0_label)s',
        uq: 'uq_%(table_name)s_%(column_0_name)s',
        ck: 'ck_%(table_name)s_%(constraint_name)s',
        fk: 'fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s',
        pk: 'pk_%(table_name)s',
      },
    })
    const table = new Table(
      't',
      metadata,
      new sa.Column('id', sa.Integer, { primaryKey: true }),
      new sa.Column('a', sa.Integer, new sa.ForeignKey('o.id'), { index: true }),
      new sa.Column('b', sa.Integer, { unique: true }),
      new sa.CheckConstraint('b > 1', { name: 'pos' }),
      new sa.UniqueConstraint('a', 'b'),
      new sa.UniqueConstraint('a', { name: 'own' }),
      { schema: 'sc' },
    )
    const described = describeTable(table, DIALECT)
    expect(described.primaryKey.name).toBe('pk_t')
    expect(described.checks.map(({ name }) => name)).toEqual(['ck_t_pos'])
    expect(described.uniques.map(({ name }) => name).sort()).toEqual(['own', 'uq_t_a', 'uq_t_b'])
    expect(described.foreignKeys.map(({ name }) => name)).toEqual(['fk_t_a_o'])
    expect(described.indexes.map(({ name }) => name)).toEqual(['ix_sc_t_a'])
  })

  it('can be of all columns', () => {
    const metadata = new MetaData({
      namingConvention: {
        uq: 'uq_%(table_name)s_%(column_0_N_name)s',
        ix: 'ix_%(column_0N_label)s',
      },
    })
    const table = new Table(
      't',
      metadata,
      new sa.Column('a', sa.Integer),
      new sa.Column('b', sa.Integer),
      new sa.UniqueConstraint('a', 'b'),
      new sa.Index(null, 'a', 'b'),
    )
    const described = describeTable(table, DIALECT)
    expect(described.uniques[0]?.name).toBe('uq_t_a_b')
    expect(described.indexes[0]?.name).toBe('ix_t_at_b')
  })
})
