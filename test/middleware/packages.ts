import { createRequire } from 'node:module'
import type { ConnectHandler } from '../../src/middleware/chain.ts'

const require = createRequire(import.meta.url)

/** The middleware packages that come without types; each makes a plain Connect middleware. */
type Factory<Args extends unknown[]> = (...args: Args) => ConnectHandler

export const compression: Factory<[options?: { threshold?: number }]> = require('compression')
export const cookieParser: Factory<[secret?: string]> = require('cookie-parser')
export const session: Factory<
  [options: { secret: string; resave: boolean; saveUninitialized: boolean }]
> = require('express-session')
export const morgan: Factory<
  [format: string, options: { stream: { write(line: string): void } }]
> = require('morgan')
export const multer: () => { any(): ConnectHandler } = require('multer')
