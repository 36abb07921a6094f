import { fileURLToPath } from 'node:url'

/**
 * Whether a script was started by itself and not imported for its functions. `import.meta.main` does
 * not say so here: the launcher imports the script on behalf of npm.
 */
export const isMain = (url: string): boolean => process.argv[1] === fileURLToPath(url)
