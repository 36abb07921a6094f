import { ValueError } from '../errors/builtins.ts'
import { RequestEntityTooLarge } from '../errors/http-exception.ts'
import { Headers } from '../http/headers.ts'
import { parseOptionsHeader } from '../http/options-header.ts'

/** Bytes that are fed to the decoder at a time; the memory limit counts in these steps. */
export const FEED_SIZE = 65_536

const LF = 0x0a
const CR = 0x0d
const DASH = 0x2d
// How far a line break, `--` and white space can reach back over a chunk's edge.
const EXTRA = 8

/** One part of a form: a field's text is in memory, a file is a window of the body. */
export type Part =
  | {
      readonly kind: 'field'
      readonly name: string
      readonly value: Buffer
      readonly headers: Headers
    }
  | {
      readonly kind: 'file'
      readonly name: string
      readonly filename: string
      readonly headers: Headers
      readonly start: number
      readonly size: number
    }

type State = 'preamble' | 'part' | 'data-start' | 'data' | 'epilogue'

interface Boundary {
  /** Where the line break before it begins. */
  readonly start: number
  /** Behind it, its white space and its line break. */
  readonly end: number
  readonly last: boolean
}

interface OpenPart {
  readonly name: string
  readonly filename: string | null
  readonly headers: Headers
  readonly start: number
  readonly chunks: Buffer[]
  size: number
}

/**
 * Takes multipart/form-data apart (RFC 7578) as Werkzeug's decoder does: the same leniency about
 * line ends, white space and preambles, and the same count of what is held in memory. It never
 * copies files: it tells where in the body they are.
 */
export class MultipartDecoder {
  /** The parts that are complete. */
  readonly parts: Part[] = []
  readonly #marker: Buffer
  readonly #maxMemory: number | null
  readonly #maxParts: number | null
  #buffer: Buffer = Buffer.alloc(0)
  #dropped = 0
  #searched = 0
  #state: State = 'preamble'
  #open: OpenPart | null = null
  #count = 0

  /**
   * @param boundary the `boundary` parameter of the content type.
   * @param maxMemory largest field in bytes (`MAX_FORM_MEMORY_SIZE`); null is unlimited.
   * @param maxParts largest number of parts (`MAX_FORM_PARTS`); null is unlimited.
   */
  constructor(boundary: string, maxMemory: number | null, maxParts: number | null) {
    this.#marker = Buffer.from(`--${boundary}`, 'latin1')
    this.#maxMemory = maxMemory
    this.#maxParts = maxParts
  }

  /**
   * Takes the next bytes of the body, `FEED_SIZE` of them unless it ends.
   * @throws {RequestEntityTooLarge} when a limit is passed.
   * @throws {ValueError} when the body is not well-formed.
   */
  feed(chunk: Buffer): void {
    if (this.#maxMemory !== null && this.#buffer.byteLength + chunk.byteLength > this.#maxMemory) {
      throw new RequestEntityTooLarge()
    }
    this.#buffer = this.#buffer.byteLength === 0 ? chunk : Buffer.concat([this.#buffer, chunk])
    while (this.#step());
  }

  /** Tells that the body has ended. @throws {ValueError} when a part or the end is missing. */
  finish(): void {
    if (this.#state !== 'epilogue') {
      throw new ValueError(`Invalid form-data: the body ended in state ${this.#state}.`)
    }
  }

  /** Goes on by one event; false when more bytes are needed. */
  #step(): boolean {
    switch (this.#state) {
      case 'preamble':
        return this.#preamble()
      case 'part':
        return this.#head()
      case 'data-start':
        this.#data(true)
        return true
      case 'data':
        return this.#data(false)
      case 'epilogue':
        return false
    }
  }

  #drop(count: number): void {
    this.#buffer = this.#buffer.subarray(count)
    this.#dropped += count
    this.#searched = 0
  }

  #preamble(): boolean {
    const found = this.#findBoundary(this.#searched, true)
    if (found === null) {
      this.#searched = Math.max(0, this.#buffer.byteLength - this.#marker.byteLength + 2 - EXTRA)
      return false
    }
    this.#state = found.last ? 'epilogue' : 'part'
    this.#drop(found.end)
    return true
  }

  #head(): boolean {
    const blank = findBlankLine(this.#buffer, this.#searched)
    if (blank === null) {
      this.#searched = Math.max(0, this.#buffer.byteLength - EXTRA)
      return false
    }
    const headers = parseHeaders(this.#buffer.subarray(0, blank.start))
    // The second line break stays: it stands in front of the data.
    this.#drop((blank.start + blank.end) >> 1)
    const disposition = headers.get('Content-Disposition')
    if (disposition === null) throw new ValueError('Missing Content-Disposition header')
    const [, { name, filename }] = parseOptionsHeader(disposition)
    this.#open = {
      // Python keeps None as the key of a nameless part, which JSON writes as "null".
      name: name ?? 'null',
      filename: filename ?? null,
      headers,
      start: this.#dropped + lineBreakAt(this.#buffer, 0),
      chunks: [],
      size: 0,
    }
    this.#state = 'data-start'
    this.#count++
    if (this.#maxParts !== null && this.#count > this.#maxParts) throw new RequestEntityTooLarge()
    return true
  }

  #data(first: boolean): boolean {
    const from = first ? lineBreakAt(this.#buffer, 0) : 0
    const found = this.#findBoundary(0, false)
    const end = found === null ? from + this.#certain(from) : found.start
    const data = this.#buffer.subarray(from, Math.max(from, end))
    this.#take(data)
    if (found === null) {
      this.#drop(end)
      this.#state = 'data'
      return data.byteLength > 0
    }
    this.#close()
    this.#state = found.last ? 'epilogue' : 'part'
    this.#drop(found.end)
    return true
  }

  #take(data: Buffer): void {
    const part = this.#open as OpenPart
    part.size += data.byteLength
    if (part.filename !== null) return
    if (this.#maxMemory !== null && part.size > this.#maxMemory) throw new RequestEntityTooLarge()
    if (data.byteLength > 0) part.chunks.push(data)
  }

  #close(): void {
    const { name, filename, headers, start, size, chunks } = this.#open as OpenPart
    this.#open = null
    if (filename !== null) this.parts.push({ kind: 'file', name, filename, headers, start, size })
    else this.parts.push({ kind: 'field', name, headers, value: Buffer.concat(chunks) })
  }

  /** How many bytes behind `from` cannot be the beginning of a boundary. */
  #certain(from: number): number {
    const length = this.#buffer.byteLength - from
    const edge = length - this.#marker.byteLength - 2
    const lastLf = this.#buffer.lastIndexOf(LF) - from
    const lastCr = this.#buffer.lastIndexOf(CR) - from
    return Math.min(
      lastLf < 0 || lastLf < edge ? length : lastLf,
      lastCr < 0 || lastCr < edge ? length : lastCr,
    )
  }

  /** The next boundary line; the first one of a body needs no line break in front. */
  #findBoundary(from: number, bare: boolean): Boundary | null {
    const buffer = this.#buffer
    const marker = this.#marker
    for (let at = buffer.indexOf(marker, from); at >= 0; at = buffer.indexOf(marker, at + 1)) {
      let start = at
      if (at > from && buffer[at - 1] === LF)
        start = at > from + 1 && buffer[at - 2] === CR ? at - 2 : at - 1
      else if (at > from && buffer[at - 1] === CR) start = at - 1
      else if (!bare) continue
      let end = at + marker.byteLength
      const last = buffer[end] === DASH && buffer[end + 1] === DASH
      if (last) end += 2
      while (isBlank(buffer[end])) end++
      const broken = lineBreakAt(buffer, end)
      if (last || broken > 0) return { start, end: end + broken, last }
    }
    return null
  }
}

/** Length of the line break at a position: 0, 1 or 2. */
function lineBreakAt(buffer: Buffer, at: number): 0 | 1 | 2 {
  if (buffer[at] === CR) return buffer[at + 1] === LF ? 2 : 1
  return buffer[at] === LF ? 1 : 0
}

// White space that is no line break.
function isBlank(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x09 || byte === 0x0b || byte === 0x0c
}

function findBlankLine(buffer: Buffer, from: number): { start: number; end: number } | null {
  for (let i = from; i + 1 < buffer.byteLength; i++) {
    const byte = buffer[i]
    if (byte === CR) {
      if (buffer[i + 1] === CR) return { start: i, end: i + 2 }
      if (buffer[i + 1] === LF && buffer[i + 2] === CR && buffer[i + 3] === LF) {
        return { start: i, end: i + 4 }
      }
    } else if (byte === LF && buffer[i + 1] === LF) {
      return { start: i, end: i + 2 }
    }
  }
  return null
}

const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** Parses the head of a part. @throws {ValueError} when it is no UTF-8. */
function parseHeaders(bytes: Buffer): Headers {
  const headers = new Headers()
  // Folded lines are joined before the text is decoded, so that no byte of a character is cut off.
  const unfolded = bytes.toString('latin1').replace(/(?:\r\n|\n|\r)[ \t]/g, ' ')
  for (const raw of unfolded.split(/\r\n|\n|\r/)) {
    const line = raw.replace(/^[ \t\n\r\f\v]+|[ \t\n\r\f\v]+$/g, '')
    if (line === '') continue
    const text = decodeLine(line)
    const colon = text.indexOf(':')
    if (colon < 0) headers.add(text.trim(), '')
    else headers.add(text.slice(0, colon).trim(), text.slice(colon + 1).trim())
  }
  return headers
}

function decodeLine(line: string): string {
  try {
    return UTF8.decode(Buffer.from(line, 'latin1'))
  } catch {
    throw new ValueError('A header of a part is no UTF-8.')
  }
}
