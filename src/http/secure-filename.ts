import { splitWords } from './text.ts'

const DEVICES = new Set([
  'AUX',
  'CON',
  'CONIN$',
  'CONOUT$',
  'NUL',
  'PRN',
  ...Array.from('123456789¹²³', (digit) => [`COM${digit}`, `LPT${digit}`]).flat(),
])

const platform = (globalThis as { process?: { platform?: string } }).process?.platform

/**
 * Whether Windows takes a path segment for a device, whatever its extension: `CON`, `nul.txt`.
 */
export function isWindowsDevice(segment: string): boolean {
  const dot = segment.indexOf('.')
  return DEVICES.has((dot === -1 ? segment : segment.slice(0, dot)).trim().toUpperCase())
}

/**
 * Makes a client's file name safe to store under (Werkzeug's `secure_filename`): ASCII only, no
 * separators, no leading dots. The result may be empty.
 *
 * @param windows Whether backslashes separate and device names are to be avoided; as the machine is
 *   unless told.
 */
export function secureFilename(filename: string, windows: boolean = platform === 'win32'): string {
  let name = filename.normalize('NFKD').replace(/[^\0-\x7f]/g, '')
  name = name.replaceAll('/', ' ')
  if (windows) name = name.replaceAll('\\', ' ')
  name = stripDots(
    splitWords(name)
      .join('_')
      .replace(/[^A-Za-z0-9_.-]/g, ''),
  )
  return windows && isWindowsDevice(name) ? `_${name}` : name
}

function stripDots(name: string): string {
  let start = 0
  let end = name.length
  while (start < end && isDot(name.charCodeAt(start))) start++
  while (end > start && isDot(name.charCodeAt(end - 1))) end--
  return name.slice(start, end)
}

function isDot(code: number): boolean {
  return code === 0x2e || code === 0x5f
}
