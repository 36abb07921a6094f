/**
 * The strongly connected components of a graph, each after the components it depends on. Nodes keep the
 * order in which they were given, as far as the dependencies let them.
 *
 * @param nodes the nodes, without repetition
 * @param dependencies the nodes that must come before a node; those not in `nodes` are passed over
 */
export function components<T>(nodes: readonly T[], dependencies: (node: T) => Iterable<T>): T[][] {
  const known = new Set(nodes)
  const index = new Map<T, number>()
  const low = new Map<T, number>()
  const open = new Set<T>()
  const path: T[] = []
  const found: T[][] = []

  interface Frame {
    readonly node: T
    readonly rest: Iterator<T>
  }
  const frames: Frame[] = []
  const enter = (node: T): void => {
    index.set(node, index.size)
    low.set(node, index.get(node) as number)
    path.push(node)
    open.add(node)
    frames.push({ node, rest: dependencies(node)[Symbol.iterator]() })
  }
  const reach = (node: T, value: number): void => {
    if (value < (low.get(node) as number)) low.set(node, value)
  }
  const leave = (node: T): void => {
    if (low.get(node) !== index.get(node)) return
    const members = path.splice(path.lastIndexOf(node))
    for (const member of members) open.delete(member)
    found.push(members)
  }

  // Tarjan's algorithm with its own stack: a chain of ten thousand rows must not end the call stack.
  for (const root of nodes) {
    if (index.has(root)) continue
    enter(root)
    for (let frame = frames.at(-1); frame !== undefined; frame = frames.at(-1)) {
      const step = frame.rest.next()
      if (step.done) {
        frames.pop()
        leave(frame.node)
        const parent = frames.at(-1)
        if (parent) reach(parent.node, low.get(frame.node) as number)
      } else if (known.has(step.value)) {
        if (!index.has(step.value)) enter(step.value)
        else if (open.has(step.value)) reach(frame.node, index.get(step.value) as number)
      }
    }
  }
  return found
}

/** The levels of a graph, or the nodes that are part of a cycle or behind one. */
export type Levels<T> = { readonly levels: T[][] } | { readonly cycle: T[] }

/**
 * Sorts nodes into levels: each level depends on earlier ones only, so that its members can be written
 * together. Members keep the order in which they were given.
 *
 * @param edges pairs of a node and one that must come before it; both are in `nodes`
 */
export function levels<T>(nodes: readonly T[], edges: Iterable<readonly [T, T]>): Levels<T> {
  const waiting = new Map<T, number>()
  const followers = new Map<T, T[]>()
  for (const node of nodes) waiting.set(node, 0)
  for (const [node, before] of edges) {
    waiting.set(node, (waiting.get(node) as number) + 1)
    const list = followers.get(before)
    if (list) list.push(node)
    else followers.set(before, [node])
  }

  const order = new Map(nodes.map((node, position) => [node, position]))
  const result: T[][] = []
  let level = nodes.filter((node) => waiting.get(node) === 0)
  let done = 0
  while (level.length > 0) {
    result.push(level)
    done += level.length
    const next: T[] = []
    for (const node of level) {
      for (const follower of followers.get(node) ?? []) {
        const left = (waiting.get(follower) as number) - 1
        waiting.set(follower, left)
        if (left === 0) next.push(follower)
      }
    }
    level = next.sort((a, b) => (order.get(a) as number) - (order.get(b) as number))
  }
  if (done < nodes.length) return { cycle: nodes.filter((node) => waiting.get(node) !== 0) }
  return { levels: result }
}
