// An Express app as its users start it; the second argument is the package that `express` comes from.
import { listening, scenario } from '../serve.mjs'
import { makeApp } from './app.mjs'

const { default: express } = await import(process.argv[3])
const server = makeApp(express, scenario).listen(0, '127.0.0.1', () => listening(server))
