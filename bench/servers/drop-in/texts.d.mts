export function fileText(kilobytes: number): string
export const article: string
export const pieces: readonly string[]
export const items: readonly string[]
export const ROUTES: number
