const realNow = Date.now

/** Freezes the clock at a time in seconds; it stays there until `releaseClock`. */
export function freezeClock(seconds: number): void {
  Date.now = () => seconds * 1000
}

/** Lets the clock run again. */
export function releaseClock(): void {
  Date.now = realNow
}
