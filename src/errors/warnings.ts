/**
 * The one register of warnings: things that work but hardly as meant. Rows are in alphabetical
 * order and a code is never reused.
 */

/** Emits one kind of warning; the values fill the `%s` of its message. */
export type Warn<Args extends readonly unknown[]> = (...args: Args) => void

/** The part of node's `process` that shows warnings; other runtimes may lack it. */
interface WarningProcess {
  emitWarning?(message: string, options: { type: string; code: string }): void
}

const MAX_SEEN = 500
const seen = new Set<string>()

/**
 * Makes the emitter of one warning. Each differing message is shown once a process, so that a busy
 * server does not flood its log.
 *
 * @param code An unused `BUST_WARN_…` name, which `node --disable-warning=CODE` silences.
 * @param template The message; each `%s` takes the next argument.
 */
export function defineWarning<Args extends readonly unknown[]>(
  code: string,
  template: string,
): Warn<Args> {
  return (...args) => {
    let next = 0
    const message = template.replace(/%s/g, () => String(args[next++]))
    if (seen.has(message)) return
    if (seen.size < MAX_SEEN) seen.add(message)
    const host = (globalThis as { process?: WarningProcess }).process
    host?.emitWarning?.(message, { type: 'BustAPIWarning', code })
  }
}

/** A cookie is larger than browsers keep. */
export const BUST_WARN_COOKIE_SIZE: Warn<
  [key: string, valueSize: number, extra: number, size: number, limit: number]
> = defineWarning(
  'BUST_WARN_COOKIE_SIZE',
  "The '%s' cookie is too large: the value was %s bytes but the header required %s extra bytes." +
    ' The final size was %s bytes but the limit is %s bytes. Browsers may silently ignore cookies' +
    ' larger than this.',
)
