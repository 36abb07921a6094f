/** `send_file` → `sendFile`: the rule by which every Python name was carried over. */
export function camelCase(name: string): string {
  return name.replace(/(?<=[a-z0-9])_+([a-z0-9])/g, (_match, letter: string) =>
    letter.toUpperCase(),
  )
}

/** The same object with its keys in camelCase: keyword arguments become an options object. */
export function camelKeys(options: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(options).map(([key, value]) => [camelCase(key), value]))
}

/** Replaces `{name}` by the argument of that name; what names no argument stays as it is. */
export function fillIn(text: string, args: Readonly<Record<string, unknown>>): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) =>
    Object.hasOwn(args, name) ? String(args[name]) : whole,
  )
}
