/** Base of everything the template engine raises (Jinja's `TemplateError`). */
export class TemplateError extends Error {
  override name = 'TemplateError'
  /** Line in the template, counted from 1, or null while unknown. */
  lineno: number | null = null
  /** Name the template was loaded by; null for a template made from a string. */
  templateName: string | null = null
  /** File the template came from, or null. */
  filename: string | null = null
}

/**
 * A template does not exist (Jinja's `TemplateNotFound`). `requested` is the name asked for,
 * `templates` all names that were tried.
 */
export class TemplateNotFound extends TemplateError {
  override name = 'TemplateNotFound'
  readonly requested: string | null
  readonly templates: readonly string[]

  constructor(requested: string | null, message?: string, templates?: readonly string[]) {
    super(message ?? requested ?? '')
    this.requested = requested
    this.templates = templates ?? (requested === null ? [] : [requested])
  }
}

/** None of several templates exists (Jinja's `TemplatesNotFound`). */
export class TemplatesNotFound extends TemplateNotFound {
  override name = 'TemplatesNotFound'

  constructor(names: readonly string[], message?: string) {
    super(
      names.at(-1) ?? null,
      message ?? `none of the templates given were found: ${names.join(', ')}`,
      names,
    )
  }
}

/**
 * The source is not a valid template (Jinja's `TemplateSyntaxError`). `reason` is the bare
 * complaint; `message` adds the place and the offending line, as Python's `str(error)` does.
 */
export class TemplateSyntaxError extends TemplateError {
  override name = 'TemplateSyntaxError'
  readonly reason: string

  constructor(
    reason: string,
    lineno: number,
    templateName: string | null = null,
    filename: string | null = null,
    source: string | null = null,
  ) {
    const file = filename ?? templateName
    const place = file === null ? `line ${lineno}` : `File "${file}", line ${lineno}`
    const line = source?.split(/\r\n|\r|\n/)[lineno - 1]
    super(`${reason}\n  ${place}${line === undefined ? '' : `\n    ${line.trim()}`}`)
    this.reason = reason
    this.lineno = lineno
    this.templateName = templateName
    this.filename = filename
  }
}

/** Well-formed source that cannot work, such as an unknown filter (Jinja's `TemplateAssertionError`). */
export class TemplateAssertionError extends TemplateSyntaxError {
  override name = 'TemplateAssertionError'
}

/** The engine failed while rendering (Jinja's `TemplateRuntimeError`). */
export class TemplateRuntimeError extends TemplateError {
  override name = 'TemplateRuntimeError'
}

/** An undefined value was used where a value is needed (Jinja's `UndefinedError`). */
export class UndefinedError extends TemplateRuntimeError {
  override name = 'UndefinedError'
}

/** A filter was called with arguments it does not accept (Jinja's `FilterArgumentError`). */
export class FilterArgumentError extends TemplateRuntimeError {
  override name = 'FilterArgumentError'
}

/** Python's `ZeroDivisionError`: the right operand of `/`, `//` or `%` is zero. */
export class ZeroDivisionError extends Error {
  override name = 'ZeroDivisionError'
}

/** Python's `OverflowError`: a number is too large to be converted. */
export class OverflowError extends Error {
  override name = 'OverflowError'
}
