import { answer } from '../../kit/express/suite.ts'
import type { ExpressCase } from '../../kit/express/types.ts'

/** Hostile values for a header of an answer. */
const INJECTIONS = [
  'a\r\nX-Evil: 1',
  'a\nX-Evil: 1',
  'a\rb',
  '\u0000',
  'a\u0000b',
  '\u0001',
  '\u007f',
  'ä',
  '☃',
  '%0d%0aX-Evil:%201',
  '\u2028',
  '\t tab ',
] as const

const setters = {
  redirect: (value: string) =>
    answer(`header injection through res.redirect: ${JSON.stringify(value)}`, (_req, res) => {
      res.redirect(`/${value}`)
    }),
  location: (value: string) =>
    answer(`header injection through res.location: ${JSON.stringify(value)}`, (_req, res) => {
      res.location(value).end()
    }),
  cookie: (value: string) =>
    answer(`header injection through res.cookie: ${JSON.stringify(value)}`, (_req, res) => {
      res.cookie('n', value).cookie('raw', value, { encode: String }).end()
    }),
  path: (value: string) =>
    answer(`header injection through a cookie's path: ${JSON.stringify(value)}`, (_req, res) => {
      res.cookie('n', 'v', { path: `/${value}` }).end()
    }),
  name: (value: string) =>
    answer(`header injection through a cookie's name: ${JSON.stringify(value)}`, (_req, res) => {
      res.cookie(value, 'v').end()
    }),
  set: (value: string) =>
    answer(`header injection through res.set: ${JSON.stringify(value)}`, (_req, res) => {
      res.set('X-A', value).end()
    }),
  append: (value: string) =>
    answer(`header injection through res.append: ${JSON.stringify(value)}`, (_req, res) => {
      res.append('X-A', value).end()
    }),
  type: (value: string) =>
    answer(`header injection through res.type: ${JSON.stringify(value)}`, (_req, res) => {
      res.type(`text/${value}`).end()
    }),
  attachment: (value: string) =>
    answer(`header injection through res.attachment: ${JSON.stringify(value)}`, (_req, res) => {
      res.attachment(value).end()
    }),
  links: (value: string) =>
    answer(`header injection through res.links: ${JSON.stringify(value)}`, (_req, res) => {
      res.links({ next: value }).end()
    }),
  field: (value: string) =>
    answer(`header injection through a field's name: ${JSON.stringify(value)}`, (_req, res) => {
      res.set(`X-${value}`, 'v').end()
    }),
  list: (value: string) =>
    answer(`header injection through a list: ${JSON.stringify(value)}`, (_req, res) => {
      res.set({ 'X-A': ['v', value], 'X-B': 'v' }).send('x')
    }),
  setHeader: (value: string) =>
    answer(`header injection through res.setHeader: ${JSON.stringify(value)}`, (_req, res) => {
      res.setHeader('X-A', value).end('x')
    }),
  writeHead: (value: string) =>
    answer(`header injection through res.writeHead: ${JSON.stringify(value)}`, (_req, res) => {
      res.writeHead(200, { 'X-A': value }).end('x')
    }),
  reason: (value: string) =>
    answer(`header injection through the reason: ${JSON.stringify(value)}`, (_req, res) => {
      res.statusMessage = value
      res.send('x')
    }),
  trailer: (value: string) =>
    answer(`header injection through a trailer: ${JSON.stringify(value)}`, (_req, res) => {
      res.write('x')
      res.addTrailers({ 'X-A': value })
      res.end()
    }),
  download: (value: string) =>
    answer(
      `header injection through res.download: ${JSON.stringify(value)}`,
      (_req, res, { files }) => {
        res.download('hello.txt', value, { root: files })
      },
    ),
  vary: (value: string) =>
    answer(`header injection through res.vary: ${JSON.stringify(value)}`, (_req, res) => {
      res.vary(value).end()
    }),
} as const

/** Header injection, through all that sets a header. */
export const injections: readonly ExpressCase[] = Object.values(setters).flatMap((make) =>
  INJECTIONS.map(make),
)
