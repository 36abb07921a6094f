import { ServerResponse } from 'node:http'
import { defineMembers } from '../define-members.ts'
import { ExpressServerResponse } from '../http/response.ts'
import type { Res } from '../types.ts'

/** Makes an `express.response`: what all responses of one `express` inherit. */
export function createResponsePrototype(members: object): Res {
  const prototype = defineMembers(Object.create(ExpressServerResponse.prototype), members)
  // What it says of itself is what it stands for: some tools go by the name.
  Object.defineProperty(prototype, 'constructor', {
    value: ServerResponse,
    configurable: true,
    writable: true,
  })
  return prototype as Res
}
