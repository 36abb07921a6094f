import { SQLAlchemy } from '../../../../compat/sqlalchemy/index.ts'
import { BustAPI } from '../../../../src/index.ts'

/** Accounts among which money is moved: its sum never changes, and each move has two entries. */
export const db = new SQLAlchemy()

export class Account extends db.Model<Account>() {
  id = db.Column(db.Integer, { primaryKey: true })
  balance = db.Column(db.Integer, { nullable: false })
}

export class Move extends db.Model<Move>() {
  id = db.Column(db.Integer, { primaryKey: true, autoincrement: false })
  entries = db.relationship(() => Entry, { backPopulates: 'move' })
}

export class Entry extends db.Model<Entry>() {
  id = db.Column(db.Integer, { primaryKey: true })
  moveId = db.Column('move_id', db.Integer, db.ForeignKey('move.id'), { nullable: false })
  accountId = db.Column('account_id', db.Integer, db.ForeignKey('account.id'), { nullable: false })
  amount = db.Column(db.Integer, { nullable: false })
  move = db.relationship(() => Move, { backPopulates: 'entries', uselist: false })
}

export const ACCOUNTS = 4
export const START = 1000

/** An app on a database. */
export function bankApp(uri: string): BustAPI {
  const app = new BustAPI('bank')
  app.config.SQLALCHEMY_DATABASE_URI = uri
  db.initApp(app)
  return app
}

/** Makes the tables and the accounts. */
export async function openBank(): Promise<void> {
  await db.createAll()
  for (let id = 1; id <= ACCOUNTS; id++) db.session.add(new Account({ id, balance: START }))
  await db.session.commit()
}

/** Moves money in one transaction of two updates and three inserts. */
export async function transfer(id: number): Promise<void> {
  const from = await db.session.get(Account, (id % ACCOUNTS) + 1)
  const to = await db.session.get(Account, ((id + 1) % ACCOUNTS) + 1)
  if (from === null || to === null) throw new Error('an account is missing')
  const amount = (id % 7) + 1
  from.balance -= amount
  to.balance += amount
  const move = new Move({ id })
  move.entries.append(new Entry({ accountId: from.id, amount: -amount }))
  move.entries.append(new Entry({ accountId: to.id, amount }))
  db.session.add(move)
  await db.session.commit()
}
