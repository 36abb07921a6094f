/**
 * A text is no JSON: Python's `json.JSONDecodeError`, with its message, and a `SyntaxError` as
 * `JSON.parse` throws. A request with such a body is answered 400.
 */
export class JSONDecodeError extends SyntaxError {
  override readonly name: string = 'JSONDecodeError'
  /** The message without the position. */
  readonly msg: string
  /** Where parsing failed, in code points from 0. */
  readonly pos: number
  /** The line of `pos`, from 1. */
  readonly lineno: number
  /** The column of `pos`, from 1. */
  readonly colno: number

  /**
   * @param msg what is wrong
   * @param text the document
   * @param index where, in UTF-16 units from 0
   */
  constructor(msg: string, text: string, index: number) {
    const before = text.slice(0, index)
    const lines = before.split('\n')
    const lineno = lines.length
    const colno = [...(lines.at(-1) ?? '')].length + 1
    const pos = [...before].length
    super(`${msg}: line ${lineno} column ${colno} (char ${pos})`)
    this.msg = msg
    this.pos = pos
    this.lineno = lineno
    this.colno = colno
  }
}
