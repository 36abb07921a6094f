import { createApplication, createApplicationPrototype } from './application/application.ts'
import { defineMembers } from './define-members.ts'
import type { Dialect } from './dialect.ts'
import type { Express } from './public-types.ts'
import { createRequestPrototype } from './request/prototype.ts'
import { createResponsePrototype } from './response/prototype.ts'

/**
 * Makes an `express` of a function: puts the prototypes of its apps, requests and responses, and its
 * routers and middleware, on it.
 *
 * @returns What makes its apps, for the function to call.
 */
export function equipExpress(express: object, dialect: Dialect, parts: object): () => Express {
  const application = createApplicationPrototype(dialect)
  const request = createRequestPrototype(dialect.requestMembers)
  const response = createResponsePrototype(dialect.responseMembers)
  defineMembers(express, { application, request, response }, parts)
  Object.defineProperty(express, 'name', { value: 'createApplication' })
  return () => createApplication(application, request, response) as unknown as Express
}
