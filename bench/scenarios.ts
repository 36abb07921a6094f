/** One request as it goes over the wire. */
export interface Target {
  readonly method: 'GET' | 'POST'
  readonly path: string
  readonly body?: string
}

/** What all peers are asked to do, and the answer that each must give. */
export interface Scenario {
  /** What the servers are told to set up. */
  readonly name: string
  readonly title: string
  /** Sent in turn. */
  readonly targets: readonly Target[]
  /** The body of the answer to the first target; a JSON one is compared by value. */
  readonly answer: unknown
  /** The scenario with which it shares the rounds, to be compared with. */
  readonly beside?: string
}

const note = {
  title: 'Milk',
  tags: ['shop', 'today'],
  done: false,
  price: 1.25,
  author: { id: 7, name: 'Ann' },
}

const ROUTES = 1000

/** Every 13th of the thousand routes, so that no single one stays in a cache. */
const spread = Array.from({ length: 64 }, (_, index) => (index * 13) % ROUTES)

export const SCENARIOS: readonly Scenario[] = [
  {
    name: 'text',
    title: 'text',
    targets: [{ method: 'GET', path: '/text' }],
    answer: 'Hello, World!',
  },
  {
    name: 'json',
    title: 'JSON, the view reads the request',
    targets: [{ method: 'GET', path: '/json' }],
    answer: { message: 'Hello, World!', path: '/json' },
  },
  {
    name: 'hooks',
    title: '`<int:id>` with a before- and an after-hook',
    targets: [{ method: 'GET', path: '/users/4711' }],
    answer: { id: 4711, user: 'ann' },
  },
  {
    name: 'post',
    title: 'JSON POST echo',
    targets: [{ method: 'POST', path: '/echo', body: JSON.stringify(note) }],
    answer: note,
  },
  {
    name: 'routes-1',
    title: 'one route',
    targets: [{ method: 'GET', path: '/section500/items/7' }],
    answer: '500:7',
  },
  {
    name: 'routes-1000',
    title: '1,000 routes',
    targets: spread.map((section) => ({ method: 'GET', path: `/section${section}/items/7` })),
    answer: '0:7',
    beside: 'routes-1',
  },
]
