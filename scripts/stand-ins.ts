import type { Plugin } from 'rolldown'

/**
 * What find-my-way would load at the start for things it is never asked here: its messages come from plain errors,
 * the rules given to it hold no regular expressions (`routing/compile.ts`), its query parser is replaced, and nobody
 * prints its trees. It saves a tenth of the start-up and half a megabyte.
 */
const STAND_INS: Readonly<Record<string, string>> = {
  'node:assert': `module.exports = (holds, message) => {
    if (!holds) throw new Error(message)
  }`,
  'safe-regex2': 'module.exports = () => true',
  'fast-querystring': 'module.exports = {}',
  './lib/pretty-print': 'module.exports = {}',
}

const PREFIX = '\0stand-in:'

/** True for an import by find-my-way that gets a stand-in. */
export const hasStandIn = (id: string, importer: string | undefined): boolean =>
  id in STAND_INS && /[\\/]node_modules[\\/]find-my-way[\\/]/.test(importer ?? '')

/** Gives the bundled find-my-way small modules in place of some that it requires. */
export const standIns: Plugin = {
  name: 'stand-ins',
  resolveId: (id, importer) => (hasStandIn(id, importer) ? `${PREFIX}${id}` : undefined),
  load: (id) => (id.startsWith(PREFIX) ? STAND_INS[id.slice(PREFIX.length)] : undefined),
}
