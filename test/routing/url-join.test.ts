import { expect, test } from 'vitest'
import { urlJoin } from '../../src/routing/url-join.ts'

// Recorded from Python's urllib.parse.urljoin.
test.each([
  ['', 'http://a.test/app/x/'],
  ['b', 'http://a.test/app/x/b'],
  ['/b', 'http://a.test/b'],
  ['../b', 'http://a.test/app/b'],
  ['../../../b', 'http://a.test/b'],
  ['./b', 'http://a.test/app/x/b'],
  ['.', 'http://a.test/app/x/'],
  ['..', 'http://a.test/app/'],
  ['?q=1', 'http://a.test/app/x/?q=1'],
  ['#f', 'http://a.test/app/x/#f'],
  ['b?x=1#y', 'http://a.test/app/x/b?x=1#y'],
  ['//h/p', 'http://h/p'],
  ['http://o/p?q', 'http://o/p?q'],
  ['mailto:x', 'mailto:x'],
  ['x//y', 'http://a.test/app/x/x/y'],
  ['//', 'http://a.test/app/x/'],
  ['a/./b/../c', 'http://a.test/app/x/a/c'],
  ['/a/../b', 'http://a.test/b'],
  ['é b', 'http://a.test/app/x/é b'],
  ['http:b', 'http://a.test/app/x/b'],
  ['HTTP://O/P', 'http://O/P'],
  ['b;p=1', 'http://a.test/app/x/b;p=1'],
  ['a/..', 'http://a.test/app/x/'],
  ['/', 'http://a.test/'],
  ['x/', 'http://a.test/app/x/x/'],
])('joins %j', (reference, joined) => {
  expect(urlJoin('http://a.test/app/x/', reference)).toBe(joined)
})
