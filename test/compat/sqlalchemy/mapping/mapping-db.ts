import {
  column,
  columnProperty,
  deferred,
  relationship,
  synonym,
} from '../../../../compat/sqlalchemy/orm/declarative.ts'
import { backref, type Thunk } from '../../../../compat/sqlalchemy/orm/mapping/declare.ts'
import { createModelBase } from '../../../../compat/sqlalchemy/orm/mapping/model-base.ts'
import { Registry } from '../../../../compat/sqlalchemy/orm/mapping/registry.ts'
import { validates } from '../../../../compat/sqlalchemy/orm/mapping/validates.ts'
import { type ModelAny, typedModelBase } from '../../../../compat/sqlalchemy/orm/typing.ts'
import {
  ForeignKey,
  type ForeignKeyTarget,
} from '../../../../compat/sqlalchemy/schema/foreign-key.ts'
import { MetaData } from '../../../../compat/sqlalchemy/schema/metadata.ts'
import { Table } from '../../../../compat/sqlalchemy/schema/table.ts'
import * as types from '../../../../compat/sqlalchemy/types/index.ts'

/** The mapping part of a `db`, without engine and session. */
export interface MappingDb {
  readonly Model: ModelAny
  readonly registry: Registry
  readonly metadata: MetaData
  metadataFor(bindKey: string | null): MetaData
  Table(name: string, ...items: unknown[]): Table
  readonly Column: typeof column
  readonly relationship: typeof relationship
  readonly columnProperty: typeof columnProperty
  readonly deferred: typeof deferred
  readonly synonym: typeof synonym
  readonly backref: typeof backref
  readonly validates: typeof validates
  ForeignKey(target: ForeignKeyTarget | Thunk, options?: object): ForeignKey
  readonly Integer: typeof types.Integer
  readonly String: typeof types.String
  readonly Text: typeof types.Text
  readonly Boolean: typeof types.Boolean
  readonly DateTime: typeof types.DateTime
  readonly JSON: typeof types.JSON
}

export function mappingDb(): MappingDb {
  const metadatas = new Map<string | null, MetaData>()
  const registry = new Registry({
    metadataFor(bindKey) {
      const known = metadatas.get(bindKey)
      if (known) return known
      const made = new MetaData({ info: { bindKey } })
      made.onComplete = () => registry.complete()
      metadatas.set(bindKey, made)
      return made
    },
  })
  const metadata = registry.metadataFor(null)
  return {
    Model: typedModelBase(createModelBase(registry)),
    registry,
    metadata,
    metadataFor: (bindKey) => registry.metadataFor(bindKey),
    Table: (name, ...items) => new Table(name, metadata, ...(items as never[])),
    Column: column,
    relationship,
    columnProperty,
    deferred,
    synonym,
    backref,
    validates,
    ForeignKey: (target, options) => new ForeignKey(target as ForeignKeyTarget, options),
    Integer: types.Integer,
    String: types.String,
    Text: types.Text,
    Boolean: types.Boolean,
    DateTime: types.DateTime,
    JSON: types.JSON,
  }
}
