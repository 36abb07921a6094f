import { SQLAlchemyError } from '../errors.ts'

/** A migration command cannot be carried out; the message says why and what to do (alembic's). */
export class CommandError extends SQLAlchemyError {}

/** The words of a `db` command are wrong; the command line ends with 2, as click's does. */
export class CommandUsageError extends CommandError {
  readonly exitCode = 2
}
