import * as members from './sa-module.ts'

/**
 * What revisions build tables of, as `import sqlalchemy as sa` in alembic's. A revision gets it
 * from `op.sa`, so that its file needs nothing to be importable from where it lies.
 */
export type Sa = typeof members

export const sa: Sa = members
