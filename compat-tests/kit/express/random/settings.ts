import fc from 'fast-check'
import type { SettingsShape } from './shape.ts'
import { namesOf } from './values.ts'

const VALUES = {
  'strict routing': [true, false],
  'case sensitive routing': [true, false],
  'x-powered-by': [true, false],
  etag: ['weak', 'strong', false, true],
  'json spaces': [0, 2, '\t'],
  'json escape': [true, false],
  'jsonp callback name': ['cb', 'callback'],
  'query parser': ['simple', 'extended', false, true],
  'trust proxy': [true, false, 1, 'loopback', '10.0.0.0/8, 127.0.0.1'],
  'subdomain offset': [0, 1, 3],
} as const satisfies Readonly<Record<string, readonly unknown[]>>

/** One setting. */
export const changedSetting: fc.Arbitrary<readonly [name: string, value: unknown]> = fc
  .constantFrom(...namesOf(VALUES))
  .chain((name) => fc.constantFrom<unknown[]>(...VALUES[name]).map((value) => [name, value]))

/** The settings that an app is made with. */
export const settings: fc.Arbitrary<SettingsShape> = fc
  .array(changedSetting, { maxLength: 4 })
  .map((pairs) => Object.fromEntries(pairs))
