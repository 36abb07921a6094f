import fs, { type Stats } from 'node:fs'

/** Bytes of the largest file that is read at once; larger ones are streamed. */
export const MAX_SIZE: number = 64 * 1024
/** Files, and bytes of them, that are kept at a time. */
const MAX_FILES = 256
const MAX_BYTES = 4 * 1024 * 1024
/** Milliseconds for which a file must have looked the same before its content is kept. */
const SETTLED = 2000
/** Milliseconds after which a content is read again, whatever the file looks like. */
const LIFETIME = 10_000

/**
 * File systems of Linux that tell each change of a file by its times at once, by `statfs`'s type:
 * ext, xfs, btrfs, f2fs, zfs, tmpfs and overlayfs. Those of networks and of virtual machines' hosts
 * may answer from a cache of their own.
 */
const PROMPT: ReadonlySet<number> = new Set([
  0xef53, 0x58465342, 0x9123683e, 0xf2f52010, 0x2fc12fc1, 0x01021994, 0x794c7630,
])

/** A file as it has looked since a time, and its content once it has looked so for long enough. */
interface Kept {
  readonly stat: Stats
  readonly since: number
  readonly content: Buffer | null
  readonly readAt: number
}

const kept = new Map<string, Kept>()
let bytes = 0

/** Whether a file is the same and has not been written to; its change time cannot be set by anybody. */
const isSame = (a: Stats, b: Stats): boolean =>
  a.ctimeMs === b.ctimeMs &&
  a.mtimeMs === b.mtimeMs &&
  a.size === b.size &&
  a.ino === b.ino &&
  a.dev === b.dev

function forget(path: string): void {
  bytes -= kept.get(path)?.content?.length ?? 0
  kept.delete(path)
}

function keep(path: string, entry: Kept): void {
  forget(path)
  kept.set(path, entry)
  bytes += entry.content?.length ?? 0
  for (const oldest of kept.keys()) {
    if (kept.size <= MAX_FILES && bytes <= MAX_BYTES) return
    forget(oldest)
  }
}

/**
 * The content of a file that is kept.
 *
 * @param stat How the file looks now.
 * @returns undefined unless it is the content of a file that looks so.
 */
export function keptContent(path: string, stat: Stats): Buffer | undefined {
  const entry = kept.get(path)
  if (entry === undefined || entry.content === null) return undefined
  return isSame(entry.stat, stat) && performance.now() - entry.readAt < LIFETIME
    ? entry.content
    : undefined
}

/**
 * Whether a file may be kept. It must have looked the same for a while: two changes within one tick
 * of the file system's clock look alike, so that what is read in the tick of a change is not known to
 * be the last. By our own clock, as the file system's may be another.
 */
function isSettled(path: string, stat: Stats): boolean {
  const now = performance.now()
  const entry = kept.get(path)
  if (entry !== undefined && isSame(entry.stat, stat)) return now - entry.since >= SETTLED
  keep(path, { stat, since: now, content: null, readAt: now })
  return false
}

const prompt = new Map<number, boolean>()

/** Calls back with whether the file system of a file tells its changes at once. */
function whetherPrompt(path: string, { dev }: Stats, done: (isPrompt: boolean) => void): void {
  const known = process.platform === 'linux' ? prompt.get(dev) : false
  if (known !== undefined) {
    done(known)
    return
  }
  fs.statfs(path, (error, { type } = {} as fs.StatsFs) => {
    const isPrompt = error === null && PROMPT.has(type)
    prompt.set(dev, isPrompt)
    done(isPrompt)
  })
}

type Callback = (error: NodeJS.ErrnoException | null, content: Buffer) => void

const NOTHING = Buffer.alloc(0)

/** Reads until the buffer is full or the file at its end; calls back with what there was. */
function fill(fd: number, buffer: Buffer, start: number, done: Callback): void {
  fs.read(fd, buffer, start, buffer.length - start, start, (error, length) => {
    if (error) done(error, NOTHING)
    else if (length === 0) done(null, buffer.subarray(0, start))
    else if (start + length === buffer.length) done(null, buffer)
    else fill(fd, buffer, start + length, done)
  })
}

const ignore = (): void => {}

/** Keeps what has been read of a file, if that is what the file looked like before and after. */
function keepRead(path: string, fd: number, stat: Stats, content: Buffer): void {
  whetherPrompt(path, stat, (isPrompt) => {
    if (!isPrompt) {
      fs.close(fd, ignore)
      return
    }
    fs.fstat(fd, (error, after) => {
      fs.close(fd, ignore)
      const entry = kept.get(path)
      if (error || entry === undefined || !isSame(after, stat) || !isSame(entry.stat, stat)) return
      keep(path, { ...entry, content, readAt: performance.now() })
    })
  })
}

/**
 * Reads a file of up to {@link MAX_SIZE}, and keeps it when it has not changed for a while.
 *
 * @param stat How the file looks; no more is read than its size.
 * @param done Gets less than that when the file has become shorter.
 */
export function readContent(path: string, stat: Stats, done: Callback): void {
  const settled = isSettled(path, stat)
  fs.open(path, 'r', (openError, fd) => {
    if (openError) {
      done(openError, NOTHING)
      return
    }
    fill(fd, Buffer.allocUnsafeSlow(stat.size), 0, (error, content) => {
      if (settled && !error && content.length === stat.size) keepRead(path, fd, stat, content)
      else fs.close(fd, ignore)
      done(error, content)
    })
  })
}
