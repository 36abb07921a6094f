/** A value, or a promise of it. Steps that may be asynchronous say so with this type. */
export type MaybePromise<T> = T | PromiseLike<T>

/** Header values as a view may return them beside its body. */
export type HeadersValue =
  | Iterable<readonly [string, string | number]>
  | Readonly<Record<string, string | number | readonly string[]>>

/** A status as a view may return it: `404` or `'404 NOT FOUND'`. */
export type StatusValue = number | string

/**
 * What a view, a hook or an error handler may return (Flask's `ResponseReturnValue`): a string,
 * bytes, an object, a list, a tuple of body, status and headers, a `Response`, a Web `Response`,
 * an iterator or a stream. DESIGN's rule tells a tuple from a JSON list.
 */
export type ResponseReturnValue = unknown

/** A view: gets the URL's variables as one object and returns what becomes the response. */
export type ViewFunction<Args = Record<string, unknown>> = ((
  args: Args,
) => MaybePromise<ResponseReturnValue>) & {
  /** Methods the view answers when the route names none (Flask's `view.methods`). */
  methods?: Iterable<string> | null
  /** Methods added to every rule of this view (Flask's `required_methods`). */
  requiredMethods?: Iterable<string>
  /** Overrides the automatic OPTIONS answer (Flask's `provide_automatic_options`). */
  provideAutomaticOptions?: boolean | null
}

/** Runs before the view; a value other than null or undefined becomes the response. */
export type BeforeRequestHook = () => MaybePromise<ResponseReturnValue>

/** Gets the exception that ended the request, or null. What it returns is ignored. */
export type TeardownHook = (error: Error | null) => MaybePromise<unknown>

/** May change the URL's variables before the view gets them. A promise is awaited. */
export type UrlValuePreprocessor = (
  endpoint: string | null,
  values: Record<string, unknown> | null,
) => MaybePromise<void>

/** May add values before a URL is built. */
export type UrlDefaultsHook = (endpoint: string, values: Record<string, unknown>) => void

/** Returns variables that every template of its app or blueprint sees. */
export type ContextProcessor = () => Record<string, unknown>

/** Gets the exception and returns what becomes the response. */
export type ErrorHandler<E = Error> = (error: E) => MaybePromise<ResponseReturnValue>

/** Key of the registries that Flask keeps per blueprint; null is the app. */
export type ScopeName = string | null
