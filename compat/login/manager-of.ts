import { RuntimeError } from '../../src/index.ts'
import type { LoginManager } from './manager.ts'

/** Name of the app's extension. */
const NAME = 'login'

interface AppLike {
  readonly extensions: Record<string, unknown>
}

/** Makes a manager the one of an app. */
export function setManager(app: AppLike, manager: LoginManager): void {
  app.extensions[NAME] = manager
}

/**
 * The login manager of an app (Flask's `app.login_manager`).
 * @throws {RuntimeError} when the app has none.
 */
export function managerOf(app: AppLike): LoginManager {
  const manager = app.extensions[NAME]
  if (manager === undefined) {
    throw new RuntimeError('The app has no LoginManager: call new LoginManager(app) first.')
  }
  return manager as LoginManager
}
