import {
  DefaultQueryCompiler,
  type Expression,
  MysqlQueryCompiler,
  type OperationNode,
  PostgresQueryCompiler,
  type QueryCompiler,
  type ReferenceNode,
  type RootOperationNode,
  SqliteQueryCompiler,
} from 'kysely'
import type { Dialect } from '../../dialects/dialect.ts'
import { CompileError } from '../../errors.ts'
import { RenderContext, withContext } from '../../expression/context.ts'
import { BoundValue } from '../../types/bound-value.ts'
import type { TypeDialect } from '../../types/type-engine.ts'

/** The dialect that text is written for; migrations know some by their name only. */
export type TextDialect = TypeDialect & Partial<Dialect>

type CompilerClass = new () => QueryCompiler

const COMPILERS: Readonly<Record<string, CompilerClass>> = {
  sqlite: SqliteQueryCompiler,
  postgresql: PostgresQueryCompiler,
  mysql: MysqlQueryCompiler,
}

interface TextCompilers {
  /** For what belongs to one table, where columns stand alone. */
  readonly bare: QueryCompiler
  /** For whole statements. */
  readonly full: QueryCompiler
}

const known = new WeakMap<TextDialect, TextCompilers>()

/** Compilers for text without parameters: values become literals. */
function compilersOf(dialect: TextDialect): TextCompilers {
  let compilers = known.get(dialect)
  if (!compilers) {
    compilers = makeCompilers(dialect)
    known.set(dialect, compilers)
  }
  return compilers
}

function makeCompilers(dialect: TextDialect): TextCompilers {
  const own = dialect.createQueryCompiler?.()
  const Base = (own?.constructor ?? COMPILERS[dialect.name]) as CompilerClass
  if (own && !(Base.prototype instanceof DefaultQueryCompiler)) return { bare: own, full: own }
  class LiteralCompiler extends (Base as unknown as typeof OpenCompiler) {
    protected override appendValue(value: unknown): void {
      const plain = value instanceof BoundValue ? value.type.toDriver(value.value, dialect) : value
      if (typeof plain === 'object' && plain !== null && !(plain instanceof Date)) {
        throw new CompileError('This value cannot be a literal of SQL')
      }
      this.appendImmediateValue(plain)
    }
  }
  class BareCompiler extends LiteralCompiler {
    protected override visitReference(node: ReferenceNode): void {
      this.visitNode(node.column)
    }
  }
  return { bare: new BareCompiler(), full: new LiteralCompiler() }
}

/** Kysely's compiler, whose constructor types leave it abstract. */
class OpenCompiler extends DefaultQueryCompiler {
  protected override getCurrentParameterPlaceholder(): string {
    return '?'
  }
}

const textOf = (node: OperationNode, compiler: QueryCompiler): string =>
  compiler.compileQuery(node as RootOperationNode, { queryId: 'ddl' }).sql

/** The SQL text of a DDL node. */
export function ddlText(node: OperationNode, dialect: Dialect): string {
  return textOf(node, compilersOf(dialect).bare)
}

/** The node of an expression, made for the dialect. */
export function expressionNode(
  expression: Expression<unknown>,
  dialect: TextDialect,
): OperationNode {
  return withContext(new RenderContext(dialect as Dialect), () => expression.toOperationNode())
}

/** SQL of an expression for DDL; text is the programmer's own SQL and stays as it is. */
export function renderSql(expression: string | Expression<unknown>, dialect: TextDialect): string {
  return typeof expression === 'string'
    ? expression
    : textOf(expressionNode(expression, dialect), compilersOf(dialect).bare)
}

/** SQL of a whole statement, its values as literals: for scripts that are run somewhere else. */
export function renderStatement(
  statement: string | Expression<unknown>,
  dialect: TextDialect,
): string {
  return typeof statement === 'string'
    ? statement
    : textOf(expressionNode(statement, dialect), compilersOf(dialect).full)
}
