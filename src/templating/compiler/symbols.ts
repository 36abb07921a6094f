import { type AnyNode, childNodes, type ForNode } from './nodes.ts'

/**
 * How a variable gets its value when its scope is entered: given as a parameter, looked up in the
 * context, copied from an outer scope's variable, or undefined at first.
 */
export type Load =
  | { kind: 'param' }
  | { kind: 'resolve'; name: string }
  | { kind: 'alias'; target: string }
  | { kind: 'undefined' }

/**
 * The names of one scope and the JavaScript variables they live in. Jinja decides at compile time
 * which scope a name belongs to; this follows its `idtracking` rules.
 */
export class Symbols {
  readonly level: number
  readonly parent: Symbols | null
  refs: Map<string, string> = new Map()
  loads: Map<string, Load> = new Map()
  stores: Set<string> = new Set()

  constructor(parent: Symbols | null, level?: number) {
    this.parent = parent
    this.level = level ?? (parent === null ? 0 : parent.level + 1)
  }

  copy(): Symbols {
    const copy = new Symbols(this.parent, this.level)
    copy.refs = new Map(this.refs)
    copy.loads = new Map(this.loads)
    copy.stores = new Set(this.stores)
    return copy
  }

  #define(name: string, load: Load): string {
    const target = `l_${this.level}_${name}`
    this.refs.set(name, target)
    this.loads.set(target, load)
    return target
  }

  findLoad(target: string): Load | null {
    return this.loads.get(target) ?? this.parent?.findLoad(target) ?? null
  }

  findRef(name: string): string | null {
    return this.refs.get(name) ?? this.parent?.findRef(name) ?? null
  }

  /** The variable of a name that the analysis has seen. */
  ref(name: string): string {
    const found = this.findRef(name)
    if (found === null) throw new Error(`the name ${name} was not analysed`)
    return found
  }

  store(name: string): void {
    this.stores.add(name)
    if (this.refs.has(name)) return
    const outer = this.parent?.findRef(name) ?? null
    this.#define(name, outer === null ? { kind: 'undefined' } : { kind: 'alias', target: outer })
  }

  declareParameter(name: string): string {
    this.stores.add(name)
    return this.#define(name, { kind: 'param' })
  }

  load(name: string): void {
    if (this.findRef(name) === null) this.#define(name, { kind: 'resolve', name })
  }

  /** Takes over what the branches of an `if` did; a name set in one of them may stem from outside. */
  branchUpdate(branches: readonly Symbols[]): void {
    const stored = new Set<string>()
    for (const branch of branches) for (const name of branch.stores) stored.add(name)
    for (const name of this.stores) stored.delete(name)
    for (const branch of branches) {
      for (const [name, target] of branch.refs) this.refs.set(name, target)
      for (const [target, load] of branch.loads) this.loads.set(target, load)
      for (const name of branch.stores) this.stores.add(name)
    }
    for (const name of stored) {
      const outer = this.parent?.findRef(name) ?? null
      this.loads.set(
        this.ref(name),
        outer === null ? { kind: 'resolve', name } : { kind: 'alias', target: outer },
      )
    }
  }

  /** All names stored in this and the outer scopes, with the variable each is seen by here. */
  dumpStores(): Map<string, string> {
    const found = new Map<string, string>()
    for (let symbols: Symbols | null = this; symbols !== null; symbols = symbols.parent) {
      for (const name of symbols.stores) if (!found.has(name)) found.set(name, this.ref(name))
    }
    return found
  }

  /** The variables of all parameters. */
  paramTargets(): Set<string> {
    const targets = new Set<string>()
    for (const [target, load] of this.loads) if (load.kind === 'param') targets.add(target)
    return targets
  }

  /** Analyses the node that opens this scope. */
  analyze(node: AnyNode): void {
    const visitor = new Visitor(this)
    switch (node.type) {
      case 'AssignBlock':
        if (node.filter !== null) visitor.visit(node.filter)
        visitor.visitAll(node.body)
        break
      case 'CallBlock':
        visitor.visitAll([...node.args, ...node.defaults, ...node.body])
        break
      case 'With':
        visitor.visitAll([...node.targets, ...node.body])
        break
      case 'Autoescape':
        visitor.visit(node.value)
        visitor.visitAll(node.body)
        break
      default:
        visitor.visitAll(childNodes(node))
    }
  }

  /** Analyses one part of a loop. */
  analyzeFor(node: ForNode, part: 'body' | 'else' | 'test'): void {
    const visitor = new Visitor(this)
    if (part !== 'else') visitor.visit(node.target, true)
    if (part === 'body') visitor.visitAll(node.body)
    else if (part === 'else') visitor.visitAll(node.orElse)
    else if (node.test !== null) visitor.visit(node.test)
  }
}

/** Walks what belongs to one scope, stopping where a node opens another. */
class Visitor {
  #symbols: Symbols

  constructor(symbols: Symbols) {
    this.#symbols = symbols
  }

  visitAll(nodes: readonly AnyNode[], asParameter = false): void {
    for (const node of nodes) this.visit(node, asParameter)
  }

  visit(node: AnyNode, asParameter = false): void {
    switch (node.type) {
      case 'Name':
        if (asParameter || node.ctx === 'param') this.#symbols.declareParameter(node.name)
        else if (node.ctx === 'store') this.#symbols.store(node.name)
        else this.#symbols.load(node.name)
        break
      case 'NSRef':
        this.#symbols.load(node.name)
        break
      case 'If':
        this.#branches(node.test, [node.body, node.elifs, node.orElse])
        break
      case 'Macro':
        this.#symbols.store(node.name)
        break
      case 'Import':
        this.visit(node.template)
        this.#symbols.store(node.target)
        break
      case 'FromImport':
        this.visit(node.template)
        for (const [, alias] of node.names) this.#symbols.store(alias)
        break
      case 'Assign':
        this.visit(node.node)
        this.visit(node.target)
        break
      case 'For':
        this.visit(node.iter)
        break
      case 'CallBlock':
        this.visit(node.call)
        break
      case 'FilterBlock':
        this.visit(node.filter)
        break
      case 'With':
        this.visitAll(node.values)
        break
      case 'AssignBlock':
        this.visit(node.target)
        break
      case 'Autoescape':
      case 'Block':
        break
      default:
        this.visitAll(childNodes(node), asParameter)
    }
  }

  #branches(test: AnyNode, bodies: readonly (readonly AnyNode[])[]): void {
    this.visit(test)
    const original = this.#symbols
    const branches = bodies.map((body) => {
      this.#symbols = original.copy()
      this.visitAll(body)
      const branch = this.#symbols
      this.#symbols = original
      return branch
    })
    original.branchUpdate(branches)
  }
}
