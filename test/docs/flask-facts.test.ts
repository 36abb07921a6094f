import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { type Fact, outcome } from './facts/fact.ts'
import { FLASK } from './facts/flask.ts'
import { FUNCTIONS } from './facts/functions.ts'
import { MESSAGES } from './facts/messages.ts'
import { ROUTING } from './facts/routing.ts'
import { STRUCTURES } from './facts/structures.ts'

// The names of MIGRATION.md's matrix, one question after the other: what live Flask answered
// (record-facts.py) is what is answered here.

const RECORDED = JSON.parse(
  readFileSync(new URL('./flask-facts.json', import.meta.url), 'utf8'),
) as Record<string, unknown>

const ROOMS: Readonly<Record<string, readonly Fact[]>> = { FLASK, FUNCTIONS, MESSAGES, ROUTING, STRUCTURES }

describe.each(Object.entries(ROOMS))('%s', (_room, facts) => {
  it.each(facts.map((fact) => [fact.names.join(' '), fact] as const))('%s', (_names, fact) => {
    expect(outcome(fact.ours)).toEqual(RECORDED[fact.python])
  })
})
