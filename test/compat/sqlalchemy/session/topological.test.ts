import { describe, expect, it } from 'vitest'
import { components, levels } from '../../../../compat/sqlalchemy/orm/session/topological.ts'

const graph =
  (edges: Record<string, string[]>) =>
  (node: string): string[] =>
    edges[node] ?? []

describe('components', () => {
  it('puts each node after those it depends on, and keeps the given order otherwise', () => {
    expect(components(['a', 'b', 'c'], graph({ a: ['c'] }))).toEqual([['c'], ['a'], ['b']])
    expect(components(['c', 'b', 'a'], graph({}))).toEqual([['c'], ['b'], ['a']])
  })

  it('puts the nodes of a cycle together', () => {
    const found = components(['x', 'a', 'b'], graph({ a: ['b'], b: ['a'], x: ['a'] }))
    expect(found.map((members) => members.toSorted())).toEqual([['a', 'b'], ['x']])
  })

  it('passes over dependencies that are not among the nodes, and a node on itself', () => {
    expect(components(['a'], graph({ a: ['a', 'nobody'] }))).toEqual([['a']])
  })

  it('does not end the call stack on a long chain', () => {
    const nodes = Array.from({ length: 50_000 }, (_, i) => i)
    const found = components(nodes, (node) => (node + 1 < nodes.length ? [node + 1] : []))
    expect(found.length).toBe(nodes.length)
    expect(found[0]).toEqual([nodes.length - 1])
  })
})

describe('levels', () => {
  it('gives groups that depend on earlier ones only, each in the given order', () => {
    expect(
      levels(
        ['d', 'c', 'b', 'a'],
        [
          ['d', 'a'],
          ['c', 'a'],
          ['b', 'c'],
        ],
      ),
    ).toEqual({
      levels: [['a'], ['d', 'c'], ['b']],
    })
  })

  it('tells the members of a cycle and what is behind it', () => {
    expect(
      levels(
        ['a', 'b', 'c', 'd'],
        [
          ['a', 'b'],
          ['b', 'a'],
          ['c', 'a'],
        ],
      ),
    ).toEqual({
      cycle: ['a', 'b', 'c'],
    })
  })
})
