/** Tells of something that is probably a mistake, as Python's `SAWarning`. */
export function warn(message: string): void {
  process.emitWarning(message, 'SAWarning')
}
