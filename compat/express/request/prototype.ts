import { IncomingMessage } from 'node:http'
import { BustIncomingMessage } from '../../../src/core.ts'
import { defineMembers } from '../define-members.ts'
import type { Req } from '../types.ts'

/** Makes an `express.request`: what all requests of one `express` inherit. */
export function createRequestPrototype(members: object): Req {
  const prototype = defineMembers(Object.create(BustIncomingMessage.prototype), members)
  // What it says of itself is what it stands for: some tools go by the name.
  Object.defineProperty(prototype, 'constructor', {
    value: IncomingMessage,
    configurable: true,
    writable: true,
  })
  return prototype as Req
}
