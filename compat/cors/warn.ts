const seen = new Set<string>()

/** Shows a warning about the setup, each text once a process; `node --disable-warning=CODE`. */
export function warn(code: string, message: string): void {
  if (seen.has(message)) return
  seen.add(message)
  process.emitWarning(message, { type: 'BustAPIWarning', code })
}
