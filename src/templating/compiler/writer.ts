/** Collects the source text of one JavaScript function and the variables it needs. */
interface Scope {
  readonly lines: string[]
  readonly variables: Set<string>
}

/** Writes JavaScript with function-wide variables, which is how Python scopes them. */
export class CodeWriter {
  readonly #scopes: Scope[] = [{ lines: [], variables: new Set() }]
  #nextTemporary = 1
  #nextLabel = 1

  get #scope(): Scope {
    return this.#scopes.at(-1) as Scope
  }

  line(code: string): void {
    this.#scope.lines.push(code)
  }

  /** Assigns to a variable of the current function. */
  assign(variable: string, code: string): void {
    this.declare(variable)
    this.line(`${variable} = ${code};`)
  }

  declare(variable: string): void {
    this.#scope.variables.add(variable)
  }

  /** A variable of the current function that nothing else uses. */
  temporary(): string {
    const name = `t_${this.#nextTemporary++}`
    this.declare(name)
    return name
  }

  /** A name that nothing else uses, not declared. */
  unique(prefix: string): string {
    return `${prefix}_${this.#nextLabel++}`
  }

  /** Starts the body of a function; {@link endFunction} returns it. */
  beginFunction(parameters: readonly string[] = []): void {
    this.#scopes.push({ lines: [], variables: new Set() })
    for (const parameter of parameters) this.#scope.variables.delete(parameter)
  }

  /** The function's body with its declarations; `parameters` are declared already. */
  endFunction(parameters: readonly string[] = []): string {
    const scope = this.#scopes.pop() as Scope
    const names = Array.from(scope.variables).filter((name) => !parameters.includes(name))
    const declaration = names.length === 0 ? '' : `let ${names.join(', ')};\n`
    return declaration + scope.lines.join('\n')
  }

  /** Everything written outside functions. */
  toString(): string {
    return this.#scope.lines.join('\n')
  }
}
