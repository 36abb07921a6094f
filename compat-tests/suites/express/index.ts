import type { ExpressSuite } from '../../kit/express/suite.ts'
import type { ExpressCase, Major } from '../../kit/express/types.ts'
import { express4 } from '../express4/index.ts'
import { express5 } from '../express5/index.ts'
import { application } from './application.ts'
import { badInput } from './bad-input.ts'
import { bodies } from './bodies.ts'
import { files } from './files.ts'
import { found } from './found.ts'
import { hosts } from './hosts.ts'
import { render } from './render.ts'
import { request } from './request.ts'
import { response } from './response.ts'
import { router } from './router.ts'

/** Every differential case, in suites. */
export const EXPRESS_SUITES: readonly ExpressSuite[] = [
  application,
  router,
  request,
  response,
  render,
  bodies,
  files,
  hosts,
  badInput,
  found,
  express5,
  express4,
]

/** The cases of a suite that are about a major version. */
export const casesFor = (suite: ExpressSuite, major: Major): readonly ExpressCase[] =>
  suite.cases.filter(({ only }) => only === undefined || only === major)
