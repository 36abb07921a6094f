import { EventHub, kEvents, type Listener, listenerChanges } from './event-hub.ts'

/** Events of a mapped class: `(mapper, connection, target)`, but `load` and its kin `(target, context)`. */
export type MapperEventName =
  | 'beforeInsert'
  | 'afterInsert'
  | 'beforeUpdate'
  | 'afterUpdate'
  | 'beforeDelete'
  | 'afterDelete'
  | 'init'
  | 'load'
  | 'refresh'
  | 'refreshFlush'
  | 'expire'
  | 'mapperConfigured'

export const MAPPER_EVENTS: ReadonlySet<string> = new Set<MapperEventName>([
  'beforeInsert',
  'afterInsert',
  'beforeUpdate',
  'afterUpdate',
  'beforeDelete',
  'afterDelete',
  'init',
  'load',
  'refresh',
  'refreshFlush',
  'expire',
  'mapperConfigured',
])

/** Events of an attribute: `set(target, value, old, initiator)`, the others `(target, value, initiator)`. */
export type AttributeEventName = 'set' | 'append' | 'remove'

const ATTRIBUTE_EVENTS: ReadonlySet<string> = new Set<AttributeEventName>([
  'set',
  'append',
  'remove',
])

/** The listeners of one model class and of its attributes. */
export class MapperEvents {
  readonly hub: EventHub
  readonly #name: string
  readonly #parent: MapperEvents | null
  #attributes: Map<string, EventHub> | null = null
  #quiet = false
  #checkedAt = -1

  constructor(name: string, parent: MapperEvents | null) {
    this.#name = name
    this.#parent = parent
    this.hub = new EventHub(name, MAPPER_EVENTS, parent ? () => parent.hub : undefined)
  }

  has(name: MapperEventName): boolean {
    return this.hub.has(name)
  }

  emit(name: MapperEventName, ...args: unknown[]): void {
    this.hub.emit(name, ...args)
  }

  emitAsync(name: MapperEventName, ...args: unknown[]): Promise<void> {
    return this.hub.emitAsync(name, ...args)
  }

  /** The hub of an attribute, made at first use. */
  attribute(key: string): EventHub {
    this.#attributes ??= new Map()
    let hub = this.#attributes.get(key)
    if (!hub) {
      const parent = this.#parent
      hub = new EventHub(
        `${this.#name}.${key}`,
        ATTRIBUTE_EVENTS,
        parent ? () => parent.attribute(key) : undefined,
      )
      this.#attributes.set(key, hub)
    }
    return hub
  }

  /** The listeners of an attribute event, or `null` when there are none. */
  attributeListeners(key: string, event: AttributeEventName): readonly Listener[] | null {
    if (this.quiet) return null
    const listeners = this.attribute(key).listeners(event)
    return listeners.length ? listeners : null
  }

  /** Whether nobody ever listened to an attribute of this class or its bases. */
  get quiet(): boolean {
    if (this.#checkedAt !== listenerChanges()) {
      this.#checkedAt = listenerChanges()
      this.#quiet = this.#attributes === null && (this.#parent?.quiet ?? true)
    }
    return this.#quiet
  }
}

interface EventfulClass {
  readonly [kEvents]?: MapperEvents
}

/** The events of a model class; `base` is where the chain of classes ends. */
export function mapperEventsOf(modelClass: object): MapperEvents {
  if (Object.hasOwn(modelClass, kEvents)) {
    return (modelClass as EventfulClass)[kEvents] as MapperEvents
  }
  const parent = Object.getPrototypeOf(modelClass) as EventfulClass | null
  const parentEvents =
    typeof parent === 'function' && parent[kEvents] ? mapperEventsOf(parent) : null
  const events = new MapperEvents((modelClass as { name: string }).name, parentEvents)
  Object.defineProperty(modelClass, kEvents, { value: events, configurable: true })
  return events
}
