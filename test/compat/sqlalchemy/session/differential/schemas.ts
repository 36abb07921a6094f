// The models both interpreters build, as data: `models.ts` makes classes of them here, `interpreter.py` there.

/** A column; `fk` names the column it refers to. */
export interface ColumnSpec {
  readonly key: string
  readonly type: 'int' | 'str'
  readonly pk?: boolean
  readonly fk?: string
  readonly ondelete?: 'CASCADE' | 'SET NULL'
  readonly nullable?: boolean
  readonly unique?: boolean
  readonly default?: string | number
  readonly serverDefault?: string
  readonly onupdate?: string
  /** Another column that gets the same value. */
  readonly pair?: string
  /** Never set: the discriminator. */
  readonly fixed?: boolean
}

/** A relationship. Lists are in the order of the target's primary key. */
export interface RelationshipSpec {
  readonly key: string
  readonly target: string
  readonly back?: string
  readonly many: boolean
  readonly cascade?: string
  readonly secondary?: string
  /** The remote side of a self-reference. */
  readonly remote?: string
  readonly passiveDeletes?: boolean | 'all'
}

export interface ModelSpec {
  readonly name: string
  readonly table: string
  /** Single-table inheritance: the base, and the discriminator of this class. */
  readonly inherits?: string
  readonly identity?: string
  readonly polymorphicOn?: string
  readonly version?: string
  /** New objects get a primary key of their own, unless the program gives one. */
  readonly numbered?: boolean
  /** A foreign key of several columns. */
  readonly foreignKey?: { readonly columns: readonly string[]; readonly targets: readonly string[] }
  readonly columns: readonly ColumnSpec[]
  readonly relationships: readonly RelationshipSpec[]
}

export interface SecondarySpec {
  readonly name: string
  readonly columns: readonly { readonly name: string; readonly fk: string }[]
}

export interface SchemaSpec {
  readonly name: string
  readonly secondaries: readonly SecondarySpec[]
  /** In an order in which the tables can be made. */
  readonly models: readonly ModelSpec[]
}

const id: ColumnSpec = { key: 'id', type: 'int', pk: true }

/** Children kept without their parent, one-to-one that goes with it, many-to-many, a unique constraint. */
const blog: SchemaSpec = {
  name: 'blog',
  secondaries: [
    {
      name: 'post_tag',
      columns: [
        { name: 'post_id', fk: 'post.id' },
        { name: 'tag_id', fk: 'tag.id' },
      ],
    },
  ],
  models: [
    {
      name: 'User',
      table: 'users',
      columns: [
        id,
        { key: 'name', type: 'str', unique: true, nullable: false },
        { key: 'age', type: 'int' },
      ],
      relationships: [
        { key: 'posts', target: 'Post', back: 'author', many: true },
        {
          key: 'profile',
          target: 'Profile',
          many: false,
          cascade: 'all, delete-orphan',
        },
      ],
    },
    {
      name: 'Post',
      table: 'post',
      columns: [
        id,
        { key: 'title', type: 'str', default: 'untitled' },
        { key: 'userId', type: 'int', fk: 'users.id' },
      ],
      relationships: [
        { key: 'author', target: 'User', back: 'posts', many: false },
        { key: 'tags', target: 'Tag', back: 'posts', many: true, secondary: 'post_tag' },
      ],
    },
    {
      name: 'Tag',
      table: 'tag',
      columns: [id, { key: 'label', type: 'str' }],
      relationships: [
        { key: 'posts', target: 'Post', back: 'tags', many: true, secondary: 'post_tag' },
      ],
    },
    {
      name: 'Profile',
      table: 'profile',
      columns: [id, { key: 'bio', type: 'str' }, { key: 'userId', type: 'int', fk: 'users.id' }],
      relationships: [],
    },
  ],
}

/** A version column, children that cannot be without their parent, deletes left to the database. */
const shop: SchemaSpec = {
  name: 'shop',
  secondaries: [],
  models: [
    {
      name: 'Order',
      table: 'orders',
      version: 'version',
      columns: [
        id,
        { key: 'ref', type: 'str' },
        { key: 'version', type: 'int', nullable: false },
        { key: 'state', type: 'str', serverDefault: 'open' },
        { key: 'touched', type: 'str', onupdate: 'yes' },
      ],
      relationships: [
        { key: 'items', target: 'Item', back: 'order', many: true, cascade: 'all, delete-orphan' },
        {
          key: 'notes',
          target: 'Note',
          back: 'order',
          many: true,
          cascade: 'all',
          passiveDeletes: true,
        },
        { key: 'labels', target: 'Label', many: true },
      ],
    },
    {
      name: 'Item',
      table: 'item',
      columns: [
        id,
        { key: 'what', type: 'str' },
        { key: 'count', type: 'int', default: 1 },
        { key: 'orderId', type: 'int', fk: 'orders.id', nullable: false },
      ],
      relationships: [{ key: 'order', target: 'Order', back: 'items', many: false }],
    },
    {
      name: 'Note',
      table: 'note',
      columns: [
        id,
        { key: 'text', type: 'str' },
        { key: 'orderId', type: 'int', fk: 'orders.id', ondelete: 'CASCADE' },
      ],
      relationships: [{ key: 'order', target: 'Order', back: 'notes', many: false }],
    },
    {
      name: 'Label',
      table: 'label',
      columns: [
        id,
        { key: 'text', type: 'str' },
        { key: 'orderId', type: 'int', fk: 'orders.id', nullable: false },
      ],
      relationships: [],
    },
  ],
}

/** Trees: one whose nodes stay without their parent, one whose nodes go with it. */
const tree: SchemaSpec = {
  name: 'tree',
  secondaries: [],
  models: [
    {
      name: 'Node',
      numbered: true,
      table: 'node',
      columns: [
        { ...id, fixed: true },
        { key: 'name', type: 'str' },
        { key: 'parentId', type: 'int', fk: 'node.id' },
      ],
      relationships: [
        { key: 'children', target: 'Node', back: 'parent', many: true },
        { key: 'parent', target: 'Node', back: 'children', many: false, remote: 'id' },
      ],
    },
    {
      name: 'Folder',
      numbered: true,
      table: 'folder',
      columns: [
        { ...id, fixed: true },
        { key: 'name', type: 'str' },
        { key: 'aboveId', type: 'int', fk: 'folder.id' },
      ],
      relationships: [
        {
          key: 'below',
          target: 'Folder',
          back: 'above',
          many: true,
          cascade: 'all, delete-orphan',
        },
        { key: 'above', target: 'Folder', back: 'below', many: false, remote: 'id' },
      ],
    },
  ],
}

/** Single-table inheritance, keys of two columns that are given by hand, a many-to-one without the other side. */
const zoo: SchemaSpec = {
  name: 'zoo',
  secondaries: [],
  models: [
    {
      name: 'Cage',
      table: 'cage',
      columns: [
        { key: 'hall', type: 'int', pk: true },
        { key: 'place', type: 'int', pk: true },
        { key: 'name', type: 'str' },
      ],
      relationships: [{ key: 'animals', target: 'Animal', back: 'cage', many: true }],
    },
    {
      name: 'Animal',
      table: 'animal',
      identity: 'animal',
      polymorphicOn: 'kind',
      foreignKey: { columns: ['hallNo', 'placeNo'], targets: ['cage.hall', 'cage.place'] },
      columns: [
        id,
        { key: 'kind', type: 'str', fixed: true },
        { key: 'name', type: 'str' },
        { key: 'hallNo', type: 'int', pair: 'placeNo' },
        { key: 'placeNo', type: 'int', pair: 'hallNo' },
      ],
      relationships: [{ key: 'cage', target: 'Cage', back: 'animals', many: false }],
    },
    {
      name: 'Dog',
      table: 'animal',
      inherits: 'Animal',
      identity: 'dog',
      columns: [{ key: 'tricks', type: 'int' }],
      relationships: [],
    },
    {
      name: 'Cat',
      table: 'animal',
      inherits: 'Animal',
      identity: 'cat',
      columns: [{ key: 'lives', type: 'int', default: 9 }],
      relationships: [],
    },
    {
      name: 'Toy',
      table: 'toy',
      columns: [id, { key: 'name', type: 'str' }, { key: 'ownerId', type: 'int', fk: 'animal.id' }],
      relationships: [{ key: 'owner', target: 'Animal', many: false }],
    },
  ],
}

export const SCHEMAS: readonly SchemaSpec[] = [blog, shop, tree, zoo]

/** A model with the columns and relationships it inherits. */
export function wholeModel(schema: SchemaSpec, name: string): ModelSpec {
  const own = schema.models.find((model) => model.name === name) as ModelSpec
  if (own.inherits === undefined) return own
  const base = wholeModel(schema, own.inherits)
  return {
    ...own,
    columns: [...base.columns, ...own.columns],
    relationships: [...base.relationships, ...own.relationships],
  }
}

/** The root of a model's inheritance tree. */
export function rootOf(schema: SchemaSpec, name: string): string {
  const { inherits } = schema.models.find((model) => model.name === name) as ModelSpec
  return inherits === undefined ? name : rootOf(schema, inherits)
}
