import { describe, expect, it, vi } from 'vitest'
import * as signals from '../src/signals.ts'
import { Namespace, Signal } from '../src/signals.ts'

describe('Signal', () => {
  it('calls receivers in order with the sender and the arguments', () => {
    const signal = new Signal('s', 'told')
    const calls: unknown[] = []
    const first = signal.connect((sender, kwargs) => calls.push(['first', sender, kwargs]))
    const second = (sender: unknown, kwargs: object): string => {
      calls.push(['second', sender, kwargs])
      return 'result'
    }
    expect(signal.connect(second)).toBe(second)
    const app = {}
    expect(signal.send(app, { a: 1 })).toEqual([
      [first, 1],
      [second, 'result'],
    ])
    expect(calls).toEqual([
      ['first', app, { a: 1 }],
      ['second', app, { a: 1 }],
    ])
    expect(signal).toMatchObject({ name: 's', doc: 'told' })
  })

  it('calls a receiver once, however often it was connected', () => {
    const signal = new Signal()
    const receiver = vi.fn()
    const app = {}
    signal.connect(receiver)
    signal.connect(receiver)
    signal.connect(receiver, { sender: app })
    signal.send(app)
    expect(receiver).toHaveBeenCalledTimes(1)
  })

  it('tells senders apart: objects by identity, other values by value', () => {
    const signal = new Signal()
    const [a, b] = [{}, () => 1]
    const receiver = vi.fn()
    signal.connect(receiver, { sender: a })
    signal.connect(receiver, { sender: b })
    signal.connect(receiver, { sender: 'text' })
    for (const sender of [a, b, 'text', {}, 'other', null, undefined]) signal.send(sender)
    expect(receiver.mock.calls.map(([sender]) => sender as unknown)).toEqual([a, b, 'text'])
    expect(signal.hasReceiversFor(a)).toBe(true)
    expect(signal.hasReceiversFor({})).toBe(false)
    expect(signal.receiversFor('text')).toEqual([receiver])
    signal.disconnect(receiver, { sender: a })
    signal.disconnect(receiver, { sender: 'text' })
    expect(signal.receiversFor(a)).toEqual([])
    expect(signal.receiversFor('text')).toEqual([])
    expect(signal.receiversFor(b)).toEqual([receiver])
  })

  it('knows at once whether anybody listens', () => {
    const signal = new Signal()
    const receiver = (): void => {}
    expect(signal.hasReceivers).toBe(false)
    signal.connect(receiver)
    expect(signal.hasReceivers).toBe(true)
    signal.disconnect(() => {})
    expect(signal.hasReceivers).toBe(true)
    signal.disconnect(receiver)
    expect(signal.hasReceivers).toBe(false)
    expect(signal.send()).toEqual([])
  })

  it('is not disturbed by receivers that connect and disconnect', () => {
    const signal = new Signal()
    const late = vi.fn()
    const once = (): void => {
      signal.disconnect(once)
      signal.connect(late)
    }
    signal.connect(once)
    const last = vi.fn()
    signal.connect(last)
    signal.send()
    expect(last).toHaveBeenCalledTimes(1)
    expect(late).not.toHaveBeenCalled()
    signal.send()
    expect(late).toHaveBeenCalledTimes(1)
  })

  it('lets what a receiver throws reach the sender', () => {
    const signal = new Signal()
    const after = vi.fn()
    signal.connect(() => {
      throw new RangeError('no')
    })
    signal.connect(after)
    expect(() => signal.send()).toThrow(RangeError)
    expect(after).not.toHaveBeenCalled()
  })

  it('connects by decorator form', () => {
    const signal = new Signal()
    const app = {}
    const receiver = vi.fn()
    expect(signal.connectVia(app)(receiver)).toBe(receiver)
    signal.send({})
    signal.send(app)
    expect(receiver).toHaveBeenCalledTimes(1)
  })

  it('connects for a while', async () => {
    const signal = new Signal()
    const receiver = vi.fn()
    {
      using _ = signal.connectedTo(receiver)
      signal.send()
    }
    expect(signal.connectedTo(receiver, {}, () => signal.send().length)).toBe(1)
    await signal.connectedTo(receiver, {}, async () => {
      await null
      signal.send()
    })
    const fails = (): never => {
      throw new RangeError('no')
    }
    expect(() => signal.connectedTo(receiver, {}, fails)).toThrow(RangeError)
    expect(signal.hasReceivers).toBe(false)
    expect(receiver).toHaveBeenCalledTimes(3)
  })

  it('can be muted for a while', () => {
    const signal = new Signal()
    const receiver = vi.fn()
    signal.connect(receiver)
    {
      using _ = signal.muted()
      expect(signal.send()).toEqual([])
    }
    signal.muted(() => signal.send())
    expect(receiver).not.toHaveBeenCalled()
    signal.send()
    expect(receiver).toHaveBeenCalledTimes(1)
  })

  it('awaits receivers in turn, or all of them only when there is a promise', async () => {
    const signal = new Signal()
    const order: string[] = []
    const slow = signal.connect(async () => {
      await new Promise((resolve) => setImmediate(resolve))
      order.push('slow')
      return 1
    })
    const quick = signal.connect(() => order.push('quick'))
    expect(await signal.sendAsync()).toEqual([
      [slow, 1],
      [quick, 2],
    ])
    expect(order).toEqual(['slow', 'quick'])
    await signal.emit(null)
    expect(order).toEqual(['slow', 'quick', 'quick', 'slow'])
    signal.disconnect(slow)
    expect(signal.emit(null)).toBeUndefined()
    signal.connect(() => Promise.reject(new RangeError('no')))
    await expect(signal.emit(null)).rejects.toThrow(RangeError)
    using _ = signal.muted()
    expect(await signal.sendAsync()).toEqual([])
  })
})

describe('Namespace', () => {
  it('has one signal of each name', () => {
    const names = new Namespace()
    expect(names.signal('a')).toBe(names.signal('a'))
    expect(names.signal('a')).not.toBe(names.signal('b'))
    expect(names.signal('a').name).toBe('a')
    expect([...names.keys()]).toEqual(['a', 'b'])
  })
})

describe('Flask’s signals', () => {
  it.each([
    ['templateRendered', 'template-rendered'],
    ['beforeRenderTemplate', 'before-render-template'],
    ['requestStarted', 'request-started'],
    ['requestFinished', 'request-finished'],
    ['requestTearingDown', 'request-tearing-down'],
    ['gotRequestException', 'got-request-exception'],
    ['appcontextTearingDown', 'appcontext-tearing-down'],
    ['appcontextPushed', 'appcontext-pushed'],
    ['appcontextPopped', 'appcontext-popped'],
    ['messageFlashed', 'message-flashed'],
  ])('%s', (exported, name) => {
    const signal: unknown = Reflect.get(signals, exported)
    expect(signal).toBeInstanceOf(Signal)
    expect((signal as Signal).name).toBe(name)
  })
})
