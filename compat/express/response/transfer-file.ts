import type { Stats } from 'node:fs'
import { type FileStream, onFinished } from '../components.ts'
import { sendFast } from '../files/fast-file.ts'
import type { Res } from '../types.ts'

/** Gets the error of a transfer, or nothing when it has been completed. */
export type FileCallback = (error?: NodeJS.ErrnoException) => void

function codedError(message: string, code: string): NodeJS.ErrnoException {
  return Object.assign(new Error(message), { code })
}

/**
 * Lets a file stream to a response.
 *
 * @param headers Set when the file is there to be sent.
 * @param callback Without it, a directory is passed over, errors go to the error handlers, and
 *   nobody is told that the client has gone.
 */
export function transferFile(
  res: Res,
  file: FileStream,
  headers: Record<string, string> | undefined,
  callback: FileCallback | undefined,
): void {
  const { next } = res.req
  let done = false
  // Undefined until the file is found, then whether it is being streamed yet.
  let streaming: boolean | undefined

  const finish = (error?: NodeJS.ErrnoException): void => {
    if (done) return
    done = true
    if (callback) callback(error)
    else if (error?.code === 'EISDIR') next?.()
    else if (error && error.code !== 'ECONNABORTED' && error.syscall !== 'write') next?.(error)
  }
  const abort = (): void => finish(codedError('Request aborted', 'ECONNABORTED'))

  file.on('directory', () => finish(codedError('EISDIR, read', 'EISDIR')))
  file.on('end', () => finish())
  file.on('error', (error: NodeJS.ErrnoException) => finish(error))
  file.on('file', () => {
    streaming = false
  })
  file.on('stream', () => {
    streaming = true
  })
  onFinished(res, (error) => {
    if (error?.code === 'ECONNRESET') return abort()
    if (error) return finish(error)
    if (done) return undefined
    // The stream's own end may still be on its way.
    return setImmediate(() => (streaming === false ? finish() : abort()))
  })
  file.on('headers', (_res: Res, _path: string, stat: Stats) => sendFast(file, stat, true))
  if (headers) {
    file.on('headers', (target: Res) => {
      for (const name of Object.keys(headers)) target.setHeader(name, headers[name] as string)
    })
  }
  file.pipe(res)
}
