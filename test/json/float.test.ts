import { expect, it } from 'vitest'
import { encodeJson } from '../../src/json/encode.ts'
import { Float } from '../../src/json/float.ts'
import { TaggedJSONSerializer } from '../../src/json/tag.ts'

it('writes a float as Python does, whole ones with their .0', () => {
  expect(encodeJson([new Float(60), new Float(0.5), new Float(-3), new Float(0)])).toBe(
    '[60.0, 0.5, -3.0, 0.0]',
  )
  expect(new TaggedJSONSerializer().dumps({ a: new Float(60) })).toBe('{"a":60.0}')
  expect(Number(new Float(60)) * 2).toBe(120)
})
