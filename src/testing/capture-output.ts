import { Console } from 'node:console'
import { Writable } from 'node:stream'

/** What was written meanwhile. */
export interface Captured<T> {
  readonly result: T
  /** Both streams in order. */
  readonly output: string
  readonly stdout: string
  readonly stderr: string
}

type Write = typeof process.stdout.write

/**
 * Runs `work` and keeps what it writes to the standard streams and the console. Not meant for two
 * pieces of work at a time: there is only one standard output.
 */
export async function captureOutput<T>(work: () => T | PromiseLike<T>): Promise<Captured<T>> {
  const all: string[] = []
  const sink = (into: string[]): Writable =>
    new Writable({
      decodeStrings: false,
      write(chunk: string | Buffer, _encoding, done) {
        into.push(chunk.toString())
        all.push(chunk.toString())
        done()
      },
    })
  const stdout: string[] = []
  const stderr: string[] = []
  const out = sink(stdout)
  const err = sink(stderr)
  const undo = [
    replaceWrite(process.stdout, out),
    replaceWrite(process.stderr, err),
    replaceConsole(new Console({ stdout: out, stderr: err })),
  ]
  try {
    const result = await work()
    return { result, output: all.join(''), stdout: stdout.join(''), stderr: stderr.join('') }
  } finally {
    for (const restore of undo) restore()
  }
}

function replaceWrite(stream: NodeJS.WriteStream, sink: Writable): () => void {
  const { write } = stream
  stream.write = ((chunk: string, ...rest: []) => sink.write(chunk, ...rest)) as Write
  return () => {
    stream.write = write
  }
}

/** Test runners and loggers replace the console, so it has to be captured besides the streams. */
function replaceConsole(replacement: Console): () => void {
  const before = { ...globalThis.console }
  for (const [name, method] of Object.entries(replacement)) {
    if (typeof method === 'function') Reflect.set(globalThis.console, name, method)
  }
  return () => {
    Object.assign(globalThis.console, before)
  }
}
