import { isBuiltin } from 'node:module'
import { posix } from 'node:path'
import { type Import, importsOf } from './imports.ts'
import {
  LATE_ROOMS,
  MANY_LINES,
  MOST_LINES,
  OUTSIDE_ROOMS,
  PURE_ROOMS,
  ROOMS,
  type Room,
  SOLE_USERS,
} from './rooms.ts'

/** The tree to check: text by path from the repository's root, with `/`. */
export type Sources = Readonly<Record<string, string>>

const covers = (path: string, file: string): boolean =>
  path.endsWith('/') ? file.startsWith(path) : file === path

/** The room of a file, or undefined for a path that no room has. */
export function roomOf(file: string): Room | undefined {
  let best: Room | undefined
  let length = 0
  for (const room of ROOMS) {
    for (const path of room.paths) {
      if (covers(path, file) && path.length > length) [best, length] = [room, path.length]
    }
  }
  return best
}

/** Everything in a tree that breaks the plan of rooms, one sentence each. */
export function violations(sources: Sources): string[] {
  const graph = new Map<string, string[]>()
  const found: string[] = []
  for (const [file, source] of Object.entries(sources)) {
    const room = roomOf(file)
    if (room === undefined) {
      found.push(`${file}: belongs to no room of test/architecture/rooms.ts`)
      continue
    }
    const imports = importsOf(source)
    found.push(...imports.flatMap((one) => faults(file, room, one)), ...sizeFault(file, source))
    graph.set(
      file,
      imports.flatMap((one) => (one.kind === 'static' ? (inside(file, one.specifier) ?? []) : [])),
    )
  }
  return [...found, ...cycles(graph)]
}

/** The file that a relative specifier names, from the root; undefined for a package. */
const inside = (file: string, specifier: string): string | undefined =>
  specifier.startsWith('.') ? posix.join(posix.dirname(file), specifier) : undefined

function faults(file: string, room: Room, one: Import): string[] {
  const target = inside(file, one.specifier)
  const fault =
    target === undefined ? packageFault(file, room, one) : roomFault(file, room, one, target)
  return fault === undefined ? [] : [`${file}: ${fault}`]
}

function roomFault(file: string, room: Room, one: Import, target: string): string | undefined {
  const to = roomOf(target)
  if (to === undefined) return `imports ${one.specifier}, which is in no room`
  if (to === room) return undefined
  if (file.startsWith('src/') && !target.startsWith('src/')) return `src may not import ${target}`
  // What an outside room `may` use is no part of the package.
  if (OUTSIDE_ROOMS.includes(room.name) && !room.may.includes(to.name)) {
    return `${room.name} may use published subpaths only, not ${one.specifier}`
  }
  if (one.kind === 'type') return undefined
  if (LATE_ROOMS.includes(to.name)) {
    return one.kind === 'dynamic' ? undefined : `${to.name} is reached by import() only`
  }
  return room.may.includes(to.name) ? undefined : `${room.name} may not import ${to.name}`
}

function packageFault(file: string, room: Room, one: Import): string | undefined {
  const { specifier } = one
  if (PURE_ROOMS.includes(room.name) && isBuiltin(specifier)) {
    return `${room.name} is for any platform: no ${specifier}`
  }
  if (!file.startsWith('src/') && !file.startsWith('compat/')) return undefined
  if (/^bustapi(\/|$)/.test(specifier)) return `imports its own package as ${specifier}`
  for (const name of one.names) {
    const user = SOLE_USERS[`${specifier}#${name}`]
    if (user !== undefined && !mayUse(user, file)) return `only ${user} may use ${name}`
  }
  if (isBuiltin(specifier) || !file.startsWith('src/')) return undefined
  const name = specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/')
  const user = SOLE_USERS[name]
  if (user === undefined) return `no room may use the package ${name}`
  return mayUse(user, file) ? undefined : `only ${user} may use ${name}`
}

const mayUse = (users: string | readonly string[], file: string): boolean =>
  [users].flat().some((user) => covers(user, file))

const linesOf = (source: string): number => source.split('\n').length - 1

function sizeFault(file: string, source: string): string[] {
  const lines = linesOf(source)
  return lines > MOST_LINES
    ? [`${file}: ${lines} lines, and at most ${MOST_LINES} are allowed`]
    : []
}

/** The files that are long, though not yet too long, one sentence each. */
export function longFiles(sources: Sources): string[] {
  return Object.entries(sources)
    .filter(([, source]) => linesOf(source) > MANY_LINES)
    .map(([file, source]) => `${file} has ${linesOf(source)} lines; could a job of it be a file?`)
}

/** Each group of files that import each other in a circle when loaded, as one sentence with one such circle. */
function cycles(graph: ReadonlyMap<string, readonly string[]>): string[] {
  const done = new Set<string>()
  const path: string[] = []
  const found: string[] = []
  const visit = (file: string): void => {
    const at = path.indexOf(file)
    if (at >= 0) found.push(`import cycle: ${[...path.slice(at), file].join(' → ')}`)
    if (at >= 0 || done.has(file)) return
    path.push(file)
    for (const next of graph.get(file) ?? []) visit(next)
    path.pop()
    done.add(file)
  }
  for (const file of graph.keys()) visit(file)
  return found
}
