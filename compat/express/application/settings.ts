import type { Dialect } from '../dialect.ts'
import type { App } from '../types.ts'
import { compileETag, compileTrust } from './compile-settings.ts'

/**
 * Marks settings whose `trust proxy` is still the default, which a mounted app then takes from its
 * parent. Express's own key, as apps of another copy of it may be mounted.
 */
const TRUST_PROXY_DEFAULT = '@@symbol:trust_proxy_default'

/** Marks `trust proxy` as set by the app itself, or as still the default. */
export function markTrustDefault(settings: Record<string, unknown>, isDefault: boolean): void {
  Object.defineProperty(settings, TRUST_PROXY_DEFAULT, { configurable: true, value: isDefault })
}

/** Lets a mounted app take `trust proxy` from its parent, unless it has been set. */
export function inheritTrust(app: App, parent: App): void {
  const { settings } = app
  if (
    settings[TRUST_PROXY_DEFAULT] === true &&
    typeof parent.settings['trust proxy fn'] === 'function'
  ) {
    delete settings['trust proxy']
    delete settings['trust proxy fn']
  }
}

/** `app.set`, `app.enable` and their like. */
export function settingsMembers(dialect: Dialect): Record<string, unknown> {
  return {
    /** Assigns a setting, or, with one argument, returns its value. */
    set: function set(this: App, setting: string, value?: unknown): unknown {
      // biome-ignore lint/complexity/noArguments: an explicit undefined is a value
      if (arguments.length === 1) return dialect.readSetting(this.settings, setting)
      this.settings[setting] = value
      switch (setting) {
        case 'etag':
          this.set('etag fn', compileETag(value))
          break
        case 'query parser':
          this.set('query parser fn', dialect.compileQueryParser(value))
          break
        case 'trust proxy':
          this.set('trust proxy fn', compileTrust(value))
          markTrustDefault(this.settings, false)
          break
        default:
          dialect.onSetting(this, setting, value)
      }
      return this
    },
    enabled: function enabled(this: App, setting: string): boolean {
      return Boolean(this.set(setting))
    },
    disabled: function disabled(this: App, setting: string): boolean {
      return !this.set(setting)
    },
    enable: function enable(this: App, setting: string): unknown {
      return this.set(setting, true)
    },
    disable: function disable(this: App, setting: string): unknown {
      return this.set(setting, false)
    },
  }
}
