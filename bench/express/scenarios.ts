import type { Scenario, Target } from '../scenarios.ts'
import { article, fileText, items, pieces, ROUTES } from '../servers/drop-in/texts.mjs'

const note = { title: 'Milk', tags: ['shop', 'today'], done: false, price: 1.25 }
const form = 'title=Milk&tags%5B0%5D=shop&tags%5B1%5D=today&price=1.25'

const get = (path: string, more: Partial<Target> = {}): readonly Target[] => [
  { method: 'GET', path, ...more },
]
const post = (body: string, type?: string): readonly Target[] => [
  { method: 'POST', path: '/echo', body, ...(type === undefined ? {} : { type }) },
]

/** What all Express apps are asked to do; `beside` as in {@link Scenario}. */
export const EXPRESS_SCENARIOS: readonly Scenario[] = [
  { name: 'text', title: 'text', targets: get('/text'), answer: 'Hello, World!' },
  { name: 'json', title: 'JSON', targets: get('/json'), answer: { message: 'Hello, World!' } },
  { name: 'param', title: '`:id`', targets: get('/users/4711'), answer: { id: '4711' } },
  { name: 'routes-1', title: 'one route', targets: get('/section0/items/7'), answer: '0:7' },
  {
    ...{ name: 'routes-first', title: 'the first of 1,000 routes', beside: 'routes-1' },
    ...{ targets: get('/section0/items/7'), answer: '0:7' },
  },
  {
    ...{ name: 'routes-last', title: 'the last of 1,000 routes', beside: 'routes-1' },
    ...{ targets: get(`/section${ROUTES - 1}/items/7`), answer: `${ROUTES - 1}:7` },
  },
  {
    ...{ name: 'routes-missing', title: 'none of 1,000 routes', beside: 'routes-1' },
    ...{ targets: get('/nothing/items/7', { status: 404 }), answer: 'nothing here' },
  },
  {
    ...{ name: 'middleware-100', title: '100 middleware functions' },
    ...{ targets: get('/text'), answer: 'Hello, World!' },
  },
  {
    ...{ name: 'nested', title: 'three nested routers' },
    ...{ targets: get('/a/1/b/2/c/3'), answer: { a: '1', b: '2', c: '3' } },
  },
  {
    ...{ name: 'stack', title: 'helmet, cors, cookie-parser, json and morgan' },
    ...{ targets: get('/json'), answer: { message: 'Hello, World!' } },
  },
  { name: 'post-json', title: 'JSON POST', targets: post(JSON.stringify(note)), answer: note },
  {
    ...{ name: 'post-form', title: 'urlencoded POST' },
    targets: post(form, 'application/x-www-form-urlencoded'),
    answer: { title: 'Milk', tags: ['shop', 'today'], price: '1.25' },
  },
  ...[1, 4, 250].map((size) => ({
    ...{ name: `static-${size}`, title: `static file of ${size} kB` },
    ...{ targets: get(`/file-${size}.txt`), answer: fileText(size) },
  })),
  {
    ...{ name: 'render', title: 'ejs page' },
    targets: get('/page'),
    answer: `<ul>${items.map((item) => `<li>${item.replace('<', '&lt;').replace('>', '&gt;')}</li>`).join('')}</ul>`,
  },
  {
    ...{ name: 'gzip', title: 'gzip of 75 kB' },
    ...{ targets: get('/article', { headers: { 'Accept-Encoding': 'gzip' } }), answer: article },
  },
  {
    ...{ name: 'stream-length', title: '64 kB stream with a length' },
    ...{ targets: get('/stream'), answer: pieces.join('') },
  },
  {
    ...{ name: 'stream-chunked', title: '64 kB stream without a length' },
    ...{ targets: get('/stream'), answer: pieces.join('') },
  },
  { name: 'async', title: 'async handler', targets: get('/async'), answer: 'Hello, World!' },
  {
    ...{ name: 'missing', title: '404' },
    ...{ targets: get('/none', { status: 404 }), answer: 'nothing here' },
  },
  {
    ...{ name: 'error', title: 'error handler' },
    ...{ targets: get('/error', { status: 500 }), answer: 'broken' },
  },
]
