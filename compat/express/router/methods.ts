import { METHODS } from 'node:http'

/** The methods that this version of Node understands, in lower case: each is a member of an app. */
export const methods: readonly string[] = METHODS.map((method) => method.toLowerCase())
