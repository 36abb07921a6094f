// https://learn.microsoft.com/windows/win32/fileio/naming-a-file: these names mean devices in every
// folder, whatever follows a dot or a space.
const DEVICES: ReadonlySet<string> = new Set([
  'AUX',
  'CON',
  'CONIN$',
  'CONOUT$',
  'NUL',
  'PRN',
  ...[...'123456789¹²³'].flatMap((digit) => [`COM${digit}`, `LPT${digit}`]),
])

/** Whether Windows takes a path's part for a device, such as `nul.txt` or `aux `. */
export function isWindowsDevice(part: string): boolean {
  const name = part.split('.', 1)[0] ?? ''
  return DEVICES.has(name.trim().toUpperCase())
}

/** Python's `posixpath.normpath`: no empty and `.` parts, `..` resolved as far as possible. */
function normalize(path: string): string {
  const parts: string[] = []
  const isAbsolute = path.startsWith('/')
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue
    if (part !== '..' || parts.at(-1) === '..' || (parts.length === 0 && !isAbsolute)) {
      parts.push(part)
    } else parts.pop()
  }
  return (isAbsolute ? '/' : '') + parts.join('/') || '.'
}

/** Whether a normalised path could lead out of its folder, or mean no file, on this system. */
function isUnsafe(path: string, isWindows: boolean): boolean {
  if (path.startsWith('/') || path === '..' || path.startsWith('../')) return true
  // Node throws for it; on some file systems it would end the name early.
  if (path.includes('\0')) return true
  // A colon is a drive or, on NTFS, another stream of the same file.
  return isWindows && (/[\\:]/.test(path) || path.split('/').some(isWindowsDevice))
}

/**
 * Joins parts that someone else chose to a folder without ever leaving it (Werkzeug's `safe_join`).
 * On Windows, backslashes, colons and device names are refused; elsewhere they are ordinary
 * characters of file names. A NUL is refused everywhere.
 *
 * @param directory the trusted folder; empty means the working directory
 * @param untrusted the parts, with `/` between folders
 * @returns the path, or null when it would lead out of the folder. Nothing is said of symbolic
 *   links, or of whether there is such a file.
 */
export function safeJoin(directory: string, ...untrusted: readonly string[]): string | null {
  return joinSafely(process.platform === 'win32', directory, untrusted)
}

/** What `safeJoin` does, for a system of choice. */
export function joinSafely(
  isWindows: boolean,
  directory: string,
  untrusted: readonly string[],
): string | null {
  let joined = directory || '.'
  for (const part of untrusted) {
    if (part === '') continue
    const path = normalize(part)
    if (isUnsafe(path, isWindows)) return null
    joined += joined.endsWith('/') ? path : `/${path}`
  }
  return joined
}
