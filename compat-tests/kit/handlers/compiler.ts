import { Fields } from '../fields.ts'
import type { Json } from '../json.ts'
import { andThen, isThenable } from '../sequence.ts'
import type { Run, Step, World } from '../world.ts'

/** Compiles one kind of step: reads all of its fields now, works when it is run. */
export type StepMaker = (fields: Fields, compiler: Compiler) => Step

/**
 * Turns handlers of the corpus into functions. Everything is read while the app is built, so that
 * unknown vocabulary fails the scenario even where no request reaches it.
 */
export class Compiler {
  /** What the compiled handlers work on. */
  readonly world: World
  readonly #makers: ReadonlyMap<string, StepMaker>

  constructor(world: World, makers: ReadonlyMap<string, StepMaker>) {
    this.world = world
    this.#makers = makers
  }

  /**
   * Compiles a handler: one step, or a list of which all run in order and the last one's result is
   * the handler's.
   * @throws {UnknownVocabulary} for an unknown step or an unknown key of a step.
   */
  handler(source: Json | undefined, where: string): Step {
    if (!Array.isArray(source)) return this.#step(source, where)
    const steps = source.map((step, at) => this.#step(step, `${where}[${at}]`))
    return (run) => runInOrder(steps, run, 0)
  }

  #step(source: Json | undefined, where: string): Step {
    const fields = new Fields(source, where)
    const name = fields.text('do') ?? fields.fail('no "do"')
    const make = this.#makers.get(name) ?? fields.fail(`unknown handler ${name}`)
    const step = make(fields, this)
    fields.done()
    return step
  }
}

function runInOrder(steps: readonly Step[], run: Run, from: number): unknown {
  for (let at = from; at < steps.length; at++) {
    const result = (steps[at] as Step)(run)
    if (at === steps.length - 1) return result
    if (isThenable(result)) return andThen(result, () => runInOrder(steps, run, at + 1))
  }
  return undefined
}

/** A step, from what it does to what it is called in the corpus. */
export type Makers = Readonly<Record<string, StepMaker>>
