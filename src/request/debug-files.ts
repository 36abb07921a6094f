import { AssertionError } from '../errors/builtins.ts'
import { ImmutableMultiDict } from '../http/multi-dict.ts'
import type { FileStorage } from './file-storage.ts'

/** The part of a request that explains why a file is missing. */
interface FormRequest {
  readonly mimetype: string
  readonly form: ImmutableMultiDict<string>
}

/**
 * `request.files` in debug mode, for a form that was not sent as multipart: asking for a file that
 * the form only names is an error that says so (Flask's `DebugFilesKeyError`).
 */
export class DebugFiles extends ImmutableMultiDict<FileStorage> {
  readonly #request: FormRequest

  constructor(request: FormRequest) {
    super([])
    this.#request = request
  }

  /** @throws {AssertionError} when a field of that name was sent. */
  override getItem(name: string): FileStorage {
    const { form, mimetype } = this.#request
    if (!form.has(name)) return super.getItem(name)
    const sent = form.getlist(name).map((value) => `'${value}'`)
    throw new AssertionError(
      `You tried to access the file '${name}' in request.files but it does not exist. The mimetype ` +
        `of the request is '${mimetype}' instead of 'multipart/form-data', which means that no file ` +
        'contents were transmitted. Add enctype="multipart/form-data" to the form.\n\n' +
        `The browser transmitted some file names instead: ${sent.join(', ')}`,
    )
  }
}
