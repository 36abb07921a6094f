import { basename, extname, isAbsolute, resolve } from 'node:path'
import { contentDisposition, send } from '../components.ts'
import type { Res } from '../types.ts'
import { type FileCallback, transferFile } from './transfer-file.ts'

/** Options of `res.sendFile`; those that are not here are `send`'s. */
interface SendFileOptions {
  etag?: boolean
  headers?: Record<string, string>
  root?: string
}

/**
 * Sends a file, with support for ranges and conditional requests.
 *
 * @param callback Called when the file has been sent, or with the error; without it, errors go to
 *   the error handlers.
 * @throws TypeError for a path that is none, or that is relative without a `root`.
 */
export function sendFile(
  this: Res,
  path: unknown,
  options?: SendFileOptions | FileCallback,
  callback?: FileCallback,
): void {
  const isCallback = typeof options === 'function'
  const settings = (isCallback ? {} : options || {}) as SendFileOptions
  if (!path) throw new TypeError('path argument is required to res.sendFile')
  if (typeof path !== 'string') throw new TypeError('path must be a string to res.sendFile')
  if (!settings.root && !isAbsolute(path)) {
    throw new TypeError('path must be absolute or specify root to res.sendFile')
  }
  // The app's setting decides, whatever the options say.
  settings.etag = this.app.enabled('etag')
  const file = send(this.req, encodeURI(path), settings)
  transferFile(this, file, settings.headers, isCallback ? options : callback)
}

/** Arguments of `res.download` after the path: each of them may be left out. */
interface DownloadArguments {
  readonly name: string | null | undefined
  readonly options: SendFileOptions | null
  readonly callback: FileCallback | undefined
}

/** Tells apart the optional arguments of `res.download`. */
export function downloadArguments(
  filename: unknown,
  options: unknown,
  callback: FileCallback | undefined,
): DownloadArguments {
  let name = filename as string | null | undefined
  let settings = (options || null) as SendFileOptions | null
  let done = callback
  if (typeof filename === 'function') {
    done = filename as FileCallback
    name = null
    settings = null
  } else if (typeof options === 'function') {
    done = options as FileCallback
    settings = null
  }
  if (typeof filename === 'object' && (typeof options === 'function' || options === undefined)) {
    name = null
    settings = filename as SendFileOptions | null
  }
  return { name, options: settings, callback: done }
}

/** Sends a file for the client to save, under a name. */
export function download(
  this: Res,
  path: string,
  filename?: unknown,
  options?: unknown,
  callback?: FileCallback,
): void {
  const args = downloadArguments(filename, options, callback)
  const disposition = contentDisposition(basename(args.name || path))
  sendDownload(this, path, disposition, args)
}

/** Sends a file with a Content-Disposition, which the options cannot take away. */
export function sendDownload(
  res: Res,
  path: string,
  disposition: string,
  { options, callback }: DownloadArguments,
): void {
  const headers: Record<string, string> = { 'Content-Disposition': disposition }
  for (const [name, value] of Object.entries(options?.headers ?? {})) {
    if (name.toLowerCase() !== 'content-disposition') headers[name] = value
  }
  const settings: SendFileOptions = Object.create(options)
  settings.headers = headers
  res.sendFile(settings.root ? path : resolve(path), settings, callback)
}

/** Marks the response as an attachment, optionally with a file name, which then gives its type. */
export function attachment(this: Res, filename?: string): Res {
  const name = filename === undefined ? undefined : basename(filename)
  if (name) this.type(extname(name))
  return this.set('Content-Disposition', contentDisposition(name))
}
