import * as bustapi from 'bustapi'
import { UnknownVocabulary } from '../fields.ts'
import { camelCase } from '../names.ts'
import { className } from '../python.ts'
import type { World } from '../world.ts'

type Received = Readonly<Record<string, unknown>>

interface AnySignal {
  connect(receiver: (sender: unknown, values: Received) => unknown, options?: object): unknown
  disconnect(receiver: (sender: unknown, values: Received) => unknown, options?: object): unknown
}

type Detail = (values: Received) => string

const nothing: Detail = () => ''

/** What a delivery adds to the signal's name in the trace. */
const DETAILS: ReadonlyMap<string, Detail> = new Map<string, Detail>([
  ['request_started', nothing],
  ['request_finished', nothing],
  ['request_tearing_down', nothing],
  ['appcontext_pushed', nothing],
  ['appcontext_popped', nothing],
  ['appcontext_tearing_down', nothing],
  ['before_render_template', nothing],
  [
    'template_rendered',
    ({ template }) => `:${(template as { name: string | null }).name ?? 'None'}`,
  ],
  ['got_request_exception', ({ exception }) => `:${className(exception)}`],
  ['message_flashed', ({ message, category }) => `:${String(message)}:${String(category)}`],
])

/** `signals`: each delivery from this app is appended to the trace. */
export function buildSignals({ app, trace, cleanups }: World, names: readonly string[]): void {
  for (const name of names) {
    const detail = DETAILS.get(name)
    if (!detail) throw new UnknownVocabulary(`unknown signal ${name}`)
    const signal = Reflect.get(bustapi, camelCase(name)) as AnySignal
    const receiver = (_sender: unknown, values: Received): void => {
      trace.push(`signal:${name}${detail(values)}`)
    }
    signal.connect(receiver, { sender: app })
    cleanups.push(() => signal.disconnect(receiver))
  }
}
