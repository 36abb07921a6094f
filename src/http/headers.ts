/** Headers of responses and of requests, after `werkzeug.datastructures.headers`. */
export { EnvironHeaders, type RawHeaders } from './environ-headers.ts'
export { type HeaderParams, Headers, type HeadersSource } from './header-list.ts'
