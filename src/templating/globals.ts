import { RuntimeError, ValueError } from '../errors/builtins.ts'
import { Markup } from '../http/markup.ts'
import { builtin, rawFunction } from './python/call.ts'
import { pairsFrom } from './python/dict-methods.ts'
import { truth } from './python/iterate.ts'
import { str } from './python/text.ts'
import { typeName } from './python/type-name.ts'
import { Undefined } from './python/undefined.ts'
import { Dict, Range } from './python/values.ts'
import { Namespace } from './runtime/namespace.ts'

function bound(value: unknown): number {
  if (typeof value === 'boolean') return Number(value)
  if (typeof value === 'number' && Number.isSafeInteger(value)) return value
  if (value instanceof Undefined) value.fail()
  throw new TypeError(`'${typeName(value)}' object cannot be interpreted as an integer`)
}

function range(args: readonly unknown[]): Range {
  if (args.length === 0) throw new TypeError('range expected at least 1 argument, got 0')
  if (args.length > 3) {
    throw new TypeError(`range expected at most 3 arguments, got ${args.length}`)
  }
  const [first, second, third] = args.map(bound)
  if (third === 0) throw new ValueError('range() arg 3 must not be zero')
  if (second === undefined) return new Range(0, first as number, 1)
  return new Range(first as number, second, third ?? 1)
}

const dict = rawFunction('dict', (args, kwargs) => {
  if (args.length > 1) throw new TypeError(`dict expected at most 1 argument, got ${args.length}`)
  return new Dict([
    ...(args.length === 0 ? [] : pairsFrom(args[0])),
    ...Object.entries(kwargs ?? {}),
  ])
})

const namespace = rawFunction('namespace', (args, kwargs) => {
  return new Namespace([
    ...(args.length === 0 ? [] : pairsFrom(args[0])),
    ...Object.entries(kwargs ?? {}),
  ])
})

/** Gives its items in turn (Jinja's `cycler`). */
class Cycler {
  readonly items: readonly unknown[]
  pos = 0

  constructor(items: readonly unknown[]) {
    this.items = items
  }

  get current(): unknown {
    return this.items[this.pos]
  }

  next(): unknown {
    const item = this.current
    this.pos = (this.pos + 1) % this.items.length
    return item
  }

  reset(): null {
    this.pos = 0
    return null
  }
}

const cycler = rawFunction('cycler', (args) => {
  if (args.length === 0) throw new RuntimeError('at least one item has to be provided')
  return new Cycler(args)
})

/** Returns nothing the first time it is called and the separator from then on. */
function joiner(separator: unknown = ', '): unknown {
  let used = false
  return builtin('joiner', '', () => {
    if (used) return separator
    used = true
    return ''
  })
}

const LOREM =
  'a ac accumsan ad adipiscing aenean aliquam aliquet amet ante aptent arcu at auctor augue bibendum blandit commodo condimentum congue consectetuer consequat conubia convallis cras cubilia cum curabitur curae cursus dapibus diam dictum dictumst dignissim dis dolor donec dui duis egestas eget eleifend elementum elit enim erat eros est et etiam eu euismod facilisi facilisis fames faucibus felis fermentum feugiat fringilla fusce gravida habitant habitasse hac hendrerit hymenaeos iaculis id imperdiet in inceptos integer interdum ipsum justo lacinia lacus laoreet lectus leo libero ligula litora lobortis lorem luctus maecenas magna magnis malesuada massa mattis mauris metus mi molestie mollis montes morbi mus nam nascetur natoque nec neque netus nibh nisi nisl non nonummy nostra nulla nullam nunc odio orci ornare parturient pede pellentesque penatibus per pharetra phasellus placerat platea porta porttitor posuere potenti praesent pretium primis proin pulvinar purus quam quis quisque rhoncus ridiculus risus rutrum sagittis sapien scelerisque sed sem semper senectus sit sociis sociosqu sodales sollicitudin suscipit suspendisse taciti tellus tempor tempus tincidunt torquent tortor tristique turpis ullamcorper ultrices ultricies urna ut varius vehicula vel velit venenatis vestibulum vitae vivamus viverra volutpat vulputate'.split(
    ' ',
  )

const between = (low: number, high: number): number =>
  low + Math.floor(Math.random() * Math.max(1, high - low))

function paragraph(low: number, high: number): string {
  const count = between(low, high)
  const words: string[] = []
  let sentenceStart = true
  let lastStop = 0
  let previous = ''
  for (let i = 0; i < count; i++) {
    let word = previous
    while (word === previous) word = LOREM[between(0, LOREM.length)] as string
    previous = word
    let text = sentenceStart ? word.charAt(0).toUpperCase() + word.slice(1) : word
    sentenceStart = false
    if (i - lastStop > between(10, 20)) {
      text += '.'
      lastStop = i
      sentenceStart = true
    } else if (i - lastStop > between(3, 8) && Math.random() < 0.2) text += ','
    words.push(text)
  }
  return `${words.join(' ').replace(/[.,]$/, '')}.`
}

function lipsum(
  n: unknown = 5,
  html: unknown = true,
  min: unknown = 20,
  max: unknown = 100,
): unknown {
  const paragraphs = Array.from({ length: bound(n) }, () => paragraph(bound(min), bound(max)))
  if (!truth(html)) return paragraphs.join('\n\n')
  return new Markup(paragraphs.map((text) => `<p>${str(text)}</p>`).join('\n'))
}

/** Functions that every template can call. */
export const GLOBALS: Readonly<Record<string, unknown>> = {
  range: rawFunction('range', range),
  dict,
  lipsum: builtin('lipsum', 'n? html? min? max?', lipsum),
  cycler,
  joiner: builtin('joiner', 'sep?', joiner),
  namespace,
}
