import { describe, expect, it } from 'vitest'
import { mapperOf } from '../../../../compat/sqlalchemy/orm/mapping/mapper.ts'
import { askOriginal, hasOriginal } from './flask-sqlalchemy.ts'
import { type MappingDb, mappingDb } from './mapping-db.ts'

interface Case {
  readonly title: string
  readonly error: string
  readonly message: string
  readonly python: string
  configure(db: MappingDb): void
}

const USER = `
class User(db.Model):
    id = db.Column(db.Integer, primary_key=True)
`
const POST = `
class Post(db.Model):
    id = db.Column(db.Integer, primary_key=True)
    user_id = db.Column(db.Integer, db.ForeignKey('user.id'))
`

// biome-ignore lint/suspicious/noExplicitAny: options that are wrong are the point
type Any = any

function pair(db: MappingDb, options: object, post: { keys?: number; author?: object } = {}): void {
  const { keys = 1, author } = post
  class User extends db.Model {
    id = db.Column(db.Integer, { primaryKey: true })
    posts = db.relationship(() => Post, options) as Any
  }
  class Post extends db.Model {
    id = db.Column(db.Integer, { primaryKey: true })
    constructor(values?: Record<string, unknown>) {
      super(values)
      const fields = this as Any
      for (let index = 0; index < keys; index++) {
        fields[`user_id${index || ''}`] = db.Column(db.Integer, db.ForeignKey('user.id'))
      }
      if (author) fields.author = db.relationship(() => User, author)
    }
  }
  mapperOf(User)
}

const CASES: readonly Case[] = [
  {
    title: 'no foreign key',
    error: 'NoForeignKeysError',
    message:
      'Could not determine join condition between parent/child tables on relationship User.posts - there ' +
      'are no foreign keys linking these tables.  Ensure that referencing columns are associated with a ' +
      "ForeignKey or ForeignKeyConstraint, or specify a 'primaryjoin' expression.",
    python: `${USER}    posts = db.relationship('Post')
class Post(db.Model):
    id = db.Column(db.Integer, primary_key=True)
`,
    configure: (db) => pair(db, {}, { keys: 0 }),
  },
  {
    title: 'two foreign keys',
    error: 'AmbiguousForeignKeysError',
    message:
      'Could not determine join condition between parent/child tables on relationship User.posts - there ' +
      "are multiple foreign key paths linking the tables.  Specify the 'foreign_keys' argument, providing " +
      'a list of those columns which should be counted as containing a foreign key reference to the ' +
      'parent table.',
    python: `${USER}    posts = db.relationship('Post')
${POST}    user_id1 = db.Column(db.Integer, db.ForeignKey('user.id'))
`,
    configure: (db) => pair(db, {}, { keys: 2 }),
  },
  {
    title: 'a wrong cascade',
    error: 'ArgumentError',
    message: "Invalid cascade option(s): 'everything', 'foo'",
    python: `${USER}    posts = db.relationship('Post', cascade='all, foo, everything')
${POST}`,
    configure: (db) => pair(db, { cascade: 'all, foo, everything' }),
  },
  {
    title: 'a back reference that is not there',
    error: 'InvalidRequestError',
    message: "Mapper 'mapped class Post->post' has no property 'writer'",
    python: `${USER}    posts = db.relationship('Post', back_populates='writer')
${POST}`,
    configure: (db) => pair(db, { backPopulates: 'writer' }),
  },
  {
    title: 'a backref whose name is taken',
    error: 'ArgumentError',
    message:
      "Error creating backref 'user_id' on relationship 'User.posts': property of that name exists on " +
      "mapper 'mapped class Post->post'",
    python: `${USER}    posts = db.relationship('Post', backref='user_id')
${POST}`,
    configure: (db) => pair(db, { backref: 'user_id' }),
  },
  {
    title: 'both kinds of back reference',
    error: 'ArgumentError',
    message: 'backref and back_populates keyword arguments are mutually exclusive',
    python: `${USER}    posts = db.relationship('Post', backref='a', back_populates='b')
${POST}`,
    configure: (db) => pair(db, { backref: 'a', backPopulates: 'b' }),
  },
  {
    title: "passive_deletes='all' with a delete cascade",
    error: 'ArgumentError',
    message:
      "On User.posts, can't set passive_deletes='all' in conjunction with 'delete' or 'delete-orphan' cascade",
    python: `${USER}    posts = db.relationship('Post', cascade='all', passive_deletes='all')
${POST}`,
    configure: (db) => pair(db, { cascade: 'all', passiveDeletes: 'all' }),
  },
  {
    title: 'writing cascades of a relationship that only reads',
    error: 'ArgumentError',
    message:
      'Cascade settings "delete, save-update" apply to persistence operations and should not be combined ' +
      'with a viewonly=True relationship.',
    python: `${USER}    posts = db.relationship('Post', cascade='all', viewonly=True)
${POST}`,
    configure: (db) => pair(db, { cascade: 'all', viewonly: true }),
  },
  {
    title: 'delete-orphan on the many side',
    error: 'ArgumentError',
    message:
      'For many-to-one relationship Post.author, delete-orphan cascade is normally configured only on the ' +
      '"one" side of a one-to-many relationship, and not on the "many" side of a many-to-one or ' +
      'many-to-many relationship.  To force this relationship to allow a particular "User" object to be ' +
      'referred towards by only a single "Post" object at a time via the Post.author relationship, which would ' +
      'allow delete-orphan cascade to take place in this direction, set the single_parent=True flag.',
    python: `${USER}
${POST}    author = db.relationship('User', cascade='all, delete-orphan')
`,
    configure: (db) => pair(db, { viewonly: true }, { author: { cascade: 'all, delete-orphan' } }),
  },
  {
    title: 'a tree without remote_side',
    error: 'ArgumentError',
    message:
      "Node.children and back-reference Node.parent are both of the same direction symbol('ONETOMANY').  " +
      'Did you mean to set remote_side on the many-to-one side ?',
    python: `
class Node(db.Model):
    id = db.Column(db.Integer, primary_key=True)
    parent_id = db.Column(db.Integer, db.ForeignKey('node.id'))
    children = db.relationship('Node', back_populates='parent')
    parent = db.relationship('Node', back_populates='children')
`,
    configure(db) {
      class Node extends db.Model {
        id = db.Column(db.Integer, { primaryKey: true })
        parentId = db.Column(db.Integer, db.ForeignKey('node.id'))
        children = db.relationship('Node', { backPopulates: 'parent' })
        parent = db.relationship('Node', { backPopulates: 'children' })
      }
      mapperOf(Node)
    },
  },
  {
    title: 'no foreign key in the association table',
    error: 'NoForeignKeysError',
    message:
      'Could not determine join condition between parent/child tables on relationship User.posts - there ' +
      "are no foreign keys linking these tables via secondary table 'middle'.  Ensure that referencing " +
      'columns are associated with a ForeignKey or ForeignKeyConstraint, or specify ' +
      "'primaryjoin' and 'secondaryjoin' expressions.",
    python: `
db.Table('middle', db.Column('a', db.Integer))
${USER}    posts = db.relationship('Post', secondary='middle')
${POST}`,
    configure(db) {
      db.Table('middle', db.Column('a', db.Integer))
      pair(db, { secondary: 'middle' })
    },
  },
]

/** Options are spelled in camelCase here, and a flag is an option. */
const inPython = (text: string): string =>
  text
    .replaceAll('foreignKeys', 'foreign_keys')
    .replaceAll('backPopulates', 'back_populates')
    .replaceAll('remoteSide', 'remote_side')
    .replaceAll('the singleParent: true option', 'the single_parent=True flag')

function outcome(configure: (db: MappingDb) => void): [string, string] {
  try {
    configure(mappingDb())
  } catch (error) {
    return [(error as Error).constructor.name, inPython((error as Error).message)]
  }
  return ['', '']
}

describe('a relationship that is declared wrongly', () => {
  for (const { title, error, message, configure } of CASES) {
    it(`${title}: ${error}`, () => {
      expect(outcome(configure)).toEqual([error, message])
    })
  }

  it.runIf(hasOriginal)('is refused in the words of the real SQLAlchemy', () => {
    const { programs } = askOriginal({ programs: CASES.map(({ python }) => python) })
    expect(programs.map((answer) => answer.error)).toEqual(
      CASES.map(({ error, message }) => [error, message]),
    )
  })
})
