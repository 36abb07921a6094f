import { execFileSync } from 'node:child_process'
import { chownSync } from 'node:fs'

/** Whom a server runs as; an empty object: as this process. */
export interface Account {
  readonly uid?: number
  readonly gid?: number
}

/** Database servers refuse to run as root: there, the account that their package made is taken. */
export function accountOf(user: string): Account {
  if (process.getuid?.() !== 0) return {}
  const id = (flag: string): number =>
    Number(execFileSync('id', [flag, user], { encoding: 'utf8' }))
  return { uid: id('-u'), gid: id('-g') }
}

/** Gives a folder to the account. */
export function giveTo({ uid, gid }: Account, folder: string): void {
  if (uid !== undefined && gid !== undefined) chownSync(folder, uid, gid)
}
