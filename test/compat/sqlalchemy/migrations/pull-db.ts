import { and } from '../../../../compat/sqlalchemy/expression/literals.ts'
import { text } from '../../../../compat/sqlalchemy/expression/text.ts'
import { NativeType } from '../../../../compat/sqlalchemy/reflection/native-type.ts'
import {
  CheckConstraint,
  ForeignKeyConstraint,
  PrimaryKeyConstraint,
  UniqueConstraint,
} from '../../../../compat/sqlalchemy/schema/constraints.ts'
import { Computed, Identity } from '../../../../compat/sqlalchemy/schema/default.ts'
import { Index } from '../../../../compat/sqlalchemy/schema/sql-index.ts'
import * as types from '../../../../compat/sqlalchemy/types/index.ts'
import { type MappingDb, mappingDb } from '../mapping/mapping-db.ts'

interface Extras {
  readonly and: typeof and
  readonly text: typeof text
  readonly NativeType: typeof NativeType
  readonly CheckConstraint: typeof CheckConstraint
  readonly ForeignKeyConstraint: typeof ForeignKeyConstraint
  readonly PrimaryKeyConstraint: typeof PrimaryKeyConstraint
  readonly UniqueConstraint: typeof UniqueConstraint
  readonly Computed: typeof Computed
  readonly Identity: typeof Identity
  readonly Index: typeof Index
}

/** A `db` with all that pulled models name. */
export type PullDb = Omit<typeof types, keyof MappingDb> & MappingDb & Extras

/** Made anew for each file. */
export function pullDb(): PullDb {
  return {
    ...types,
    ...mappingDb(),
    and,
    text,
    NativeType,
    CheckConstraint,
    ForeignKeyConstraint,
    PrimaryKeyConstraint,
    UniqueConstraint,
    Computed,
    Identity,
    Index,
  }
}
