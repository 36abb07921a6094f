import { parseAst } from 'rolldown/parseAst'

/** One import that a source file makes. */
export interface Import {
  /** What stands between the quotes. */
  readonly specifier: string
  /**
   * `static`: evaluated when the file is loaded (a late `require` counts as such). `type`: gone at run time.
   * `dynamic`: an `import()`.
   */
  readonly kind: 'static' | 'type' | 'dynamic'
  /** The imported names; empty where they are not listed (`import()`, `export *`, a bare import). */
  readonly names: readonly string[]
}

/** The members of a syntax tree's nodes that matter here. */
interface Node {
  readonly type: string
  readonly [key: string]: unknown
}

const isNode = (value: unknown): value is Node =>
  typeof value === 'object' && value !== null && typeof (value as Node).type === 'string'

const textOf = (value: unknown): string | undefined =>
  isNode(value) && value.type === 'Literal' && typeof value.value === 'string'
    ? value.value
    : undefined

const nameOf = (value: unknown): string => {
  if (!isNode(value)) return ''
  return typeof value.name === 'string' ? value.name : (textOf(value) ?? '')
}

/** Every import, re-export, `import()`, `import('x').T` and `require` in a file's text. */
export function importsOf(source: string): Import[] {
  const found: Import[] = []
  const requires = new Set(['require'])
  walk(parseAst(source, { lang: 'ts' }) as unknown as Node, (node) => {
    if (node.type === 'VariableDeclarator' && isCreateRequire(node.init))
      requires.add(nameOf(node.id))
    const one = importFrom(node, requires)
    if (one !== undefined) found.push(one)
  })
  return found
}

function importFrom(node: Node, requires: ReadonlySet<string>): Import | undefined {
  switch (node.type) {
    case 'ImportDeclaration':
    case 'ExportNamedDeclaration':
    case 'ExportAllDeclaration': {
      const specifier = textOf(node.source)
      if (specifier === undefined) return undefined
      const parts = Array.isArray(node.specifiers) ? node.specifiers.filter(isNode) : []
      return { specifier, kind: declarationKind(node, parts), names: parts.map(importedName) }
    }
    case 'ImportExpression':
    case 'TSImportType': {
      const specifier = textOf(node.source ?? node.argument)
      const kind = node.type === 'TSImportType' ? 'type' : 'dynamic'
      return specifier === undefined ? undefined : { specifier, kind, names: [] }
    }
    case 'CallExpression': {
      const callee = node.callee
      const late = isCreateRequire(callee) || (isNode(callee) && requires.has(nameOf(callee)))
      const specifier =
        late && Array.isArray(node.arguments) ? textOf(node.arguments[0]) : undefined
      return specifier === undefined ? undefined : { specifier, kind: 'static', names: [] }
    }
    default:
      return undefined
  }
}

function declarationKind(node: Node, parts: readonly Node[]): Import['kind'] {
  const isType = (one: Node): boolean => one.importKind === 'type' || one.exportKind === 'type'
  return isType(node) || (parts.length > 0 && parts.every(isType)) ? 'type' : 'static'
}

const importedName = (part: Node): string => nameOf(part.imported ?? part.local)

const isCreateRequire = (value: unknown): boolean =>
  isNode(value) && value.type === 'CallExpression' && nameOf(value.callee) === 'createRequire'

function walk(node: Node, visit: (node: Node) => void): void {
  visit(node)
  for (const value of Object.values(node)) {
    for (const child of Array.isArray(value) ? value : [value])
      if (isNode(child)) walk(child, visit)
  }
}
