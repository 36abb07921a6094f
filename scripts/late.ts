import { parseAst } from 'rolldown/parseAst'

/** A node of the syntax tree, as far as it is looked at here. */
interface Node {
  readonly type: string
  readonly start: number
  readonly end: number
  readonly [key: string]: unknown
}

/** A piece of text to put in place of another. */
interface Edit {
  readonly start: number
  readonly end: number
  readonly text: string
}

const isNode = (value: unknown): value is Node =>
  typeof value === 'object' && value !== null && typeof (value as Node).type === 'string'

const nameOf = (value: unknown): string | undefined =>
  isNode(value) && value.type === 'Identifier' ? String(value.name) : undefined

/** What `require` is given in `let NAME = require('…')`; undefined for any other declarator. */
function required(declarator: Node): { name: string; specifier: string } | undefined {
  const name = nameOf(declarator.id)
  const call = declarator.init
  if (name === undefined || !isNode(call) || nameOf(call.callee) !== 'require') return undefined
  const [argument] = Array.isArray(call.arguments) ? (call.arguments as unknown[]) : []
  return isNode(argument) && typeof argument.value === 'string'
    ? { name, specifier: argument.value }
    : undefined
}

/** True for `NAME = __toESM(NAME, …)`, by which the bundler gives a CommonJS module its `default`. */
const isInterop = (statement: Node, name: string): boolean => {
  const assignment = statement.expression
  if (!isNode(assignment) || assignment.type !== 'AssignmentExpression') return false
  return nameOf(assignment.left) === name
}

/**
 * Makes a CommonJS chunk load some of what it requires on first use: `let x = require('x')` becomes a function that
 * requires once, and each `x.name` becomes `(x()).name`. What the chunk passes on to others becomes a getter. `isLate`
 * says which specifiers are meant.
 */
export function loadLate(code: string, isLate: (specifier: string) => boolean): string {
  const body = (parseAst(code) as unknown as { body: Node[] }).body
  const edits: Edit[] = []
  const late = new Set<string>()
  for (const [index, statement] of body.entries()) {
    if (statement.type !== 'VariableDeclaration') continue
    const [declarator] = statement.declarations as Node[]
    const found = declarator && required(declarator)
    if (found === undefined || !isLate(found.specifier)) continue
    const { name, specifier } = found
    const next = body[index + 1]
    const interop = next !== undefined && isInterop(next, name) ? next : undefined
    const call = `require(${JSON.stringify(specifier)})`
    const value =
      interop === undefined
        ? call
        : code
            .slice((interop.expression as Node).start, (interop.expression as Node).end)
            .replace(/^.*?= */, '')
            .replace(`(${name}`, `(${call}`)
    late.add(name)
    edits.push({
      start: statement.start,
      end: (interop ?? statement).end,
      text: `let ${name}$loaded;\nconst ${name} = () => ${name}$loaded ??= ${value};`,
    })
  }
  if (late.size === 0) return code
  const inside = (node: Node): boolean =>
    edits.some((edit) => node.start >= edit.start && node.end <= edit.end)
  for (const statement of body) {
    if (inside(statement)) continue
    const passed = passedOn(statement, late)
    if (passed !== undefined) {
      const { target, value } = passed
      const get = `get: () => ${nameOf(value.object)}().${nameOf(value.property)}`
      const text = `Object.defineProperty(exports, ${JSON.stringify(target)}, { enumerable: true, ${get} });`
      edits.push({ start: statement.start, end: statement.end, text })
    } else {
      callEach(statement, late, edits)
    }
  }
  edits.sort((a, b) => b.start - a.start)
  return edits.reduce(
    (text, { start, end, text: by }) => text.slice(0, start) + by + text.slice(end),
    code,
  )
}

/** Reads `exports.TARGET = LATE.NAME`. */
function passedOn(
  statement: Node,
  late: ReadonlySet<string>,
): { target: string; value: Node } | undefined {
  const assignment = statement.expression
  if (!isNode(assignment) || assignment.type !== 'AssignmentExpression') return undefined
  const { left, right } = assignment
  if (!isNode(left) || nameOf(left.object) !== 'exports') return undefined
  if (!isNode(right) || right.type !== 'MemberExpression') return undefined
  const target = nameOf(left.property)
  return target !== undefined && late.has(nameOf(right.object) ?? '')
    ? { target, value: right }
    : undefined
}

/** Calls each use of a late name, in brackets for the sake of `new`; refuses a name that is used in any other way than `name.member`. */
function callEach(node: Node, late: ReadonlySet<string>, edits: Edit[]): void {
  for (const [key, value] of Object.entries(node)) {
    for (const child of Array.isArray(value) ? value : [value]) {
      if (!isNode(child)) continue
      const name = nameOf(child)
      if (name === undefined || !late.has(name)) {
        callEach(child, late, edits)
      } else if (node.type === 'MemberExpression' && key === 'object') {
        edits.push({ start: child.end, end: child.end, text: '())' })
        edits.push({ start: child.start, end: child.start, text: '(' })
      } else if (!isMemberName(node, key)) {
        throw new Error(`cannot load '${name}' late: it is used other than as ${name}.member`)
      }
    }
  }
}

/** True where an identifier is only a word: `a.NAME`, `{ NAME: … }`, a method's name. */
const isMemberName = (node: Node, key: string): boolean =>
  (key === 'property' || key === 'key') && node.computed === false && node.shorthand !== true
