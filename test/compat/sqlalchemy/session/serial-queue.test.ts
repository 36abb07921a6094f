import { describe, expect, it } from 'vitest'
import { SerialQueue } from '../../../../compat/sqlalchemy/orm/session/serial-queue.ts'

const tick = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

it('runs units one after the other in the order of the calls', async () => {
  const queue = new SerialQueue()
  const log: string[] = []
  const unit = (name: string) => async (): Promise<string> => {
    log.push(`${name} begins`)
    await tick()
    log.push(`${name} ends`)
    return name
  }
  expect(await Promise.all(['a', 'b', 'c'].map((name) => queue.run(unit(name))))).toEqual([
    'a',
    'b',
    'c',
  ])
  expect(log).toEqual(['a begins', 'a ends', 'b begins', 'b ends', 'c begins', 'c ends'])
  expect(queue.busy).toBe(false)
})

it('starts at once when it is idle', () => {
  const queue = new SerialQueue()
  let started = false
  void queue.run(async () => {
    started = true
  })
  expect(started).toBe(true)
})

it('lets a unit ask for more without waiting for itself', async () => {
  const queue = new SerialQueue()
  const inner = queue.run(async () => {
    await tick()
    return queue.run(async () => 'inside')
  })
  expect(await inner).toBe('inside')
})

it('makes what a unit left behind wait like everybody else', async () => {
  const queue = new SerialQueue()
  const log: string[] = []
  let left: Promise<void> | undefined
  await queue.run(async () => {
    left = tick()
      .then(tick)
      .then(() => queue.run(async () => void log.push('left behind')))
  })
  const second = queue.run(async () => {
    for (let i = 0; i < 5; i += 1) await tick()
    log.push('second')
  })
  await Promise.all([second, left])
  expect(log).toEqual(['second', 'left behind'])
})

it('goes on after a unit failed', async () => {
  const queue = new SerialQueue()
  const failing = queue.run(async () => {
    await tick()
    throw new Error('no')
  })
  const next = queue.run(async () => 'yes')
  await expect(failing).rejects.toThrow('no')
  expect(await next).toBe('yes')
})

describe('a unit that calls nobody', () => {
  const alone = (): boolean => true

  it('has its turn like the others', async () => {
    const queue = new SerialQueue()
    const log: string[] = []
    const unit = (name: string) => async (): Promise<void> => {
      log.push(`${name} begins`)
      await tick()
      log.push(`${name} ends`)
    }
    await Promise.all([
      queue.run(unit('a'), alone),
      queue.run(unit('b')),
      queue.run(unit('c'), alone),
    ])
    expect(log).toEqual(['a begins', 'a ends', 'b begins', 'b ends', 'c begins', 'c ends'])
    expect(queue.busy).toBe(false)
  })

  it('says so when its turn comes, not before', async () => {
    const queue = new SerialQueue()
    let quiet = true
    const first = queue.run(async () => {
      await tick()
      quiet = false
    })
    const second = queue.run(
      () => queue.run(async () => 'inside'),
      () => quiet,
    )
    await first
    expect(await second).toBe('inside')
  })

  it('leaves the queue in order when it fails', async () => {
    const queue = new SerialQueue()
    await expect(queue.run(() => Promise.reject(new RangeError('no')), alone)).rejects.toThrow('no')
    expect(queue.busy).toBe(false)
    expect(await queue.run(async () => 1)).toBe(1)
  })
})
