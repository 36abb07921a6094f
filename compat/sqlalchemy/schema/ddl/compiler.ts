import {
  DefaultQueryCompiler,
  type Expression,
  type OperationNode,
  type QueryCompiler,
  type ReferenceNode,
  type RootOperationNode,
} from 'kysely'
import type { Dialect } from '../../dialects/dialect.ts'
import { CompileError } from '../../errors.ts'
import { RenderContext, withContext } from '../../expression/context.ts'
import { BoundValue } from '../../types/bound-value.ts'

const compilers = new WeakMap<Dialect, QueryCompiler>()

/**
 * A compiler for DDL, which has no parameters and no tables to tell columns apart by: values become
 * literals, columns stand alone.
 */
function ddlCompiler(dialect: Dialect): QueryCompiler {
  let compiler = compilers.get(dialect)
  if (!compiler) {
    compiler = makeCompiler(dialect)
    compilers.set(dialect, compiler)
  }
  return compiler
}

function makeCompiler(dialect: Dialect): QueryCompiler {
  const Base = dialect.createQueryCompiler().constructor as new () => QueryCompiler
  if (!(Base.prototype instanceof DefaultQueryCompiler)) return dialect.createQueryCompiler()
  class DdlCompiler extends (Base as unknown as typeof OpenCompiler) {
    protected override appendValue(value: unknown): void {
      const plain = value instanceof BoundValue ? value.type.toDriver(value.value, dialect) : value
      if (typeof plain === 'object' && plain !== null && !(plain instanceof Date)) {
        throw new CompileError('This value cannot be a literal of SQL')
      }
      this.appendImmediateValue(plain)
    }

    protected override visitReference(node: ReferenceNode): void {
      this.visitNode(node.column)
    }
  }
  return new DdlCompiler()
}

/** Kysely's compiler, whose constructor types leave it abstract. */
class OpenCompiler extends DefaultQueryCompiler {
  protected override getCurrentParameterPlaceholder(): string {
    return '?'
  }
}

/** The SQL text of a DDL node. */
export function ddlText(node: OperationNode, dialect: Dialect): string {
  const root = node as RootOperationNode
  return ddlCompiler(dialect).compileQuery(root, { queryId: 'ddl' }).sql
}

/** The node of an expression, made for the dialect. */
export function expressionNode(expression: Expression<unknown>, dialect: Dialect): OperationNode {
  return withContext(new RenderContext(dialect), () => expression.toOperationNode())
}

/** SQL of an expression for DDL; text is the programmer's own SQL and stays as it is. */
export function renderSql(expression: string | Expression<unknown>, dialect: Dialect): string {
  return typeof expression === 'string'
    ? expression
    : ddlText(expressionNode(expression, dialect), dialect)
}
