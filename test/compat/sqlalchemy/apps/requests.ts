/** One request of a run. */
export interface Step {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE'
  readonly path: string
  readonly json?: unknown
}

export const get = (path: string): Step => ({ method: 'GET', path })
export const post = (path: string, json: unknown = {}): Step => ({ method: 'POST', path, json })
export const patch = (path: string, json: unknown): Step => ({ method: 'PATCH', path, json })
export const put = (path: string, json: unknown): Step => ({ method: 'PUT', path, json })
export const remove = (path: string): Step => ({ method: 'DELETE', path })
