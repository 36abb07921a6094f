import {
  type Expression,
  MysqlQueryCompiler,
  type OperationNode,
  PostgresQueryCompiler,
  type RootOperationNode,
  SqliteQueryCompiler,
} from 'kysely'
import type { Dialect } from '../dialects/dialect.ts'
import { RenderContext, withContext } from '../expression/context.ts'
import type { SourceDialect } from '../reflection/reflected.ts'
import { BoundValue } from '../types/bound-value.ts'

type Compiler = new () => { compileQuery(node: RootOperationNode, id: never): { sql: string } }

/** DDL takes no parameters: values are written into it, by Kysely's own literals. */
function withLiterals(dialect: SourceDialect): Compiler {
  const Base = {
    sqlite: SqliteQueryCompiler,
    postgresql: PostgresQueryCompiler,
    mysql: MysqlQueryCompiler,
  }[dialect.name] as typeof SqliteQueryCompiler
  return class extends Base {
    protected override appendValue(value: unknown): void {
      const plain = value instanceof BoundValue ? value.type.toDriver(value.value, dialect) : value
      this.appendImmediateValue(plain)
    }
  } as unknown as Compiler
}

/** SQL text of an expression for DDL: columns without their table, values as literals. */
export function renderSql(
  expression: string | Expression<unknown>,
  dialect: SourceDialect & Partial<Dialect>,
): string {
  if (typeof expression === 'string') return expression
  const context = new RenderContext(dialect as Dialect)
  ;(context as { bareColumns?: boolean }).bareColumns = true
  const node: OperationNode = withContext(context, () => expression.toOperationNode())
  const compiler = new (withLiterals(dialect))()
  return compiler.compileQuery(node as RootOperationNode, { queryId: 'ddl' } as never).sql
}
