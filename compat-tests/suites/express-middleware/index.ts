import type { ExpressSuite } from '../../kit/express/suite.ts'
import { CLASSICS } from './classics.ts'
import type { Row } from './load.ts'
import { MCP } from './mcp.ts'
import { REDIS } from './redis.ts'
import { SECURITY } from './security.ts'
import { TOOLS } from './tools.ts'

/** Real packages, unmodified, one scenario each. */
export const MIDDLEWARE: readonly Row[] = [...CLASSICS, ...REDIS, ...SECURITY, ...TOOLS, ...MCP]

/** The same as a suite of differential cases. */
export const middleware: ExpressSuite = {
  name: 'middleware',
  cases: MIDDLEWARE.filter(({ missing }) => missing === undefined).map(({ test }) => test),
}
