/**
 * What goes on while a model's field initialisers run. `id = db.Column(…)` runs at every construction: the
 * first time it is the declaration, later only noise. JavaScript runs it all synchronously, so module
 * variables tell which it is.
 */

/** What `db.Column(…)` and its kin give while an instance is made: nothing anybody looks at. */
export class FieldMarker {}
export const FIELD_MARKER: FieldMarker = Object.freeze(new FieldMarker())

let expected = 0
let resetPlanned = false

/** An instance is under construction whose fields will make this many declarations. */
export function expectFields(declarations: number): void {
  expected = declarations
  // A field initialiser that throws leaves declarations over; they must not swallow a later, real one.
  if (declarations > 0 && !resetPlanned) {
    resetPlanned = true
    queueMicrotask(forgetExpected)
  }
}

function forgetExpected(): void {
  expected = 0
  resetPlanned = false
}

let declared = 0

/** How many declarations were made so far; discovery counts with it. */
export function declarations(): number {
  return declared
}

/** Whether the declaration under way is a field of an instance, hence to be ignored. */
export function isRepeated(): boolean {
  if (expected > 0) {
    expected -= 1
    return true
  }
  declared += 1
  return false
}

/** A field of a class, in the order of definition. */
export interface RecordedField {
  readonly key: string
  readonly value: unknown
  /** Set by a statement of a constructor; a field under older compilers looks the same. */
  readonly assigned: boolean
}

/** Collects what a class's field initialisers and constructors define. */
export interface Recorder {
  readonly modelClass: object
  readonly fields: RecordedField[]
}

let recorder: Recorder | null = null

/** The discovery that waits for the construction of `modelClass`, if one does. */
export function takeRecorder(modelClass: object): Recorder | null {
  if (recorder === null || recorder.modelClass !== modelClass) return null
  const taken = recorder
  recorder = null
  return taken
}

/** Runs `construct` so that the model base gives its recording instance. */
export function record(next: Recorder, construct: () => unknown): void {
  const outer = recorder
  const outerExpected = expected
  recorder = next
  expected = 0
  try {
    construct()
  } finally {
    recorder = outer
    expected = outerExpected
  }
}
