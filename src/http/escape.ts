/** An object that brings its own safe HTML, as MarkupSafe's `__html__` protocol has it. */
export interface HasHTML {
  /** The object as HTML that needs no further escaping. */
  __html__(): string | HasHTML
}

/** Whether a value speaks the `__html__` protocol. */
export function hasHTML(value: unknown): value is HasHTML {
  return (
    (typeof value === 'object' || typeof value === 'function') &&
    value !== null &&
    typeof (value as { __html__?: unknown }).__html__ === 'function'
  )
}

/**
 * Replaces the five characters that HTML text and quoted attributes cannot hold (MarkupSafe's
 * forms).
 */
export function escapeText(text: string): string {
  let out = ''
  let from = 0
  for (let i = 0; i < text.length; i++) {
    let entity: string
    switch (text.charCodeAt(i)) {
      case 0x26:
        entity = '&amp;'
        break
      case 0x3c:
        entity = '&lt;'
        break
      case 0x3e:
        entity = '&gt;'
        break
      case 0x22:
        entity = '&#34;'
        break
      case 0x27:
        entity = '&#39;'
        break
      default:
        continue
    }
    out += text.slice(from, i) + entity
    from = i + 1
  }
  return from === 0 ? text : out + text.slice(from)
}

/** A value as safe HTML text: its own `__html__`, or its text escaped. */
export function escapeToText(value: unknown): string {
  if (typeof value === 'string') return escapeText(value)
  return hasHTML(value) ? String(value.__html__()) : escapeText(String(value))
}
