// Python's difflib skips characters this frequent in long texts; endpoints are shorter.
interface Block {
  readonly a: number
  readonly b: number
  readonly size: number
}

/** How alike two texts are, from 0 to 1: `difflib.SequenceMatcher(None, a, b).ratio()`. */
export function similarity(a: string, b: string): number {
  const length = a.length + b.length
  if (length === 0) return 1
  return (2 * matching(a, 0, a.length, b, 0, b.length)) / length
}

function matching(
  a: string,
  aFrom: number,
  aTo: number,
  b: string,
  bFrom: number,
  bTo: number,
): number {
  const { a: i, b: j, size } = longest(a, aFrom, aTo, b, bFrom, bTo)
  if (size === 0) return 0
  return size + matching(a, aFrom, i, b, bFrom, j) + matching(a, i + size, aTo, b, j + size, bTo)
}

/** The longest common run; of equal ones the first in `a`, then the first in `b`. */
function longest(
  a: string,
  aFrom: number,
  aTo: number,
  b: string,
  bFrom: number,
  bTo: number,
): Block {
  let best: Block = { a: aFrom, b: bFrom, size: 0 }
  let previous = new Map<number, number>()
  for (let i = aFrom; i < aTo; i++) {
    const current = new Map<number, number>()
    for (let j = bFrom; j < bTo; j++) {
      if (a[i] !== b[j]) continue
      const size = (previous.get(j - 1) ?? 0) + 1
      current.set(j, size)
      if (size > best.size) best = { a: i - size + 1, b: j - size + 1, size }
    }
    previous = current
  }
  return best
}
