/**
 * `bustapi/testing`: what tests of an app use. `app.testClient()` and `app.testCliRunner()` make
 * the two most used ones.
 *
 * @module
 */
export type { CliApp, InvokeOptions, InvokeResult } from './cli-runner.ts'
export { FlaskCliRunner } from './cli-runner.ts'
export type { ClientApp, ClientRequestOptions, FlaskClientOptions } from './client.ts'
export { FlaskClient } from './client.ts'
export type { ClientCookieOptions, CookiePlace } from './cookie.ts'
export { Cookie } from './cookie.ts'
export type { BuiltRequest, TestApp, TestRequestOptions } from './environ-builder.ts'
export { EnvironBuilder } from './environ-builder.ts'
export type { FileContent, FileTuple, FormData, FormValue } from './form-body.ts'
export type { TestEnviron } from './test-environ.ts'
export type { ReceivedResponse } from './test-response.ts'
export { TestResponse } from './test-response.ts'
