import { createIdentifier, sessionIdentifier } from 'bustapi/login'
import { expect, it } from 'vitest'
import { clientIdentifier } from '../../../compat/login/identifier.ts'
import { makeSite } from './app.ts'

// What Python makes of `f"{address}|{agent}"` where both are bytes, as in Flask-Login 0.6.
const FACTS: [route: string | null, agent: string | null, identifier: string][] = [
  [
    '127.0.0.1',
    null,
    '656d8f867997c2a40397700861e67a333b935d82576d85577e2da5109fbf90ba7d035f50908ba54969f8b60c156c4a762615d025942cb19ae24d329b88d388db',
  ],
  [
    ' 10.0.0.1 , 10.0.0.2',
    'agent/1.0',
    'b98b45a0ab4b62cde1c5d0fb06ea8699e2ba38b79581fdbd4c204883696ab36af5a22a9aac6a4146e4f7c57e2f50c29ef4356f42b7c2978f5c102bbdd5bad59e',
  ],
  [
    '::1',
    "it's",
    'eca1874071d2260b861d85dd4c4b5d024437e9384fdd767a68b09346a633856a6116663707c30784e2564731c46300cb8cb5abde7898c38f49b0830b5e6b692a',
  ],
  [
    'a',
    'say "hi"',
    '08b0925ba0d81e888b7b1b4808109a031b6b3a2c31ad94d41f3cb2154cda79568969becdb167a7fc948d1e407b0ac101df86627cb0107a57df69fee81c6f9582',
  ],
  [
    'a',
    'it\'s "both"',
    'c3a2cc5a0b832e5a4416bee09313673894a1e66f7e0472b2780404f1935df85e55ffc31037496dc5e2de3007bc7160e5438f492401e339870bcfabc51bfde325',
  ],
  [
    'a',
    'tab\there \\ back',
    '5b5c1f10b094d795db5e65acb2d9976cf68b7f47c1573db87f704cbb12b4ec59ee06986ed1cf5d89390e0f7ad9dc9329560bae63db7f37f825bbfad2b75f6b1a',
  ],
  [
    'a',
    '\u00e9\u0080',
    '9266304342ceed1bb33312167389d27f8879d9fba696ff2bc3ca820878ae08248308c2a3db6e4e93d626d7bdf092a721dd02fc50812b25e613216bee9bb88bfd',
  ],
  [
    'a',
    '',
    '3753a815062b2955e47ec9fa9ffcca63727adb6830db7adb88b787c99fde17bdbd8e5c19a6c4ed92128fb4d864a15e35774a9960b3065577a9141efa4035bc3f',
  ],
  [
    'a',
    '\u007f\u0001',
    '73958da81224001854207c8bf2a72e489f4b43683e7af9f4c1ccf9604d2b420249e0050cbe9d82170752e5a23e7bfda7b1e8e36228767deb08bba6e82b05c6a8',
  ],
  [
    null,
    'x',
    'c5fb04a37be5b223b16bfefe22d674047cf533f15f76b3befea2d82ce60e004b0eff1171a41b5e84223ed9095c332d2f68a6c4a8bb43a66bebb75afde0eb926e',
  ],
]

it.each(FACTS)('of %j and %j is as in Python', (route, agent, identifier) => {
  expect(clientIdentifier(route, agent)).toBe(identifier)
})

it('is of the first forwarded address, else of the connection', async () => {
  const { app } = makeSite()
  const of = (headers: Record<string, string>): Promise<string> =>
    app.testRequestContext('/', { headers }).run(async () => {
      const { request } = await import('bustapi')
      return createIdentifier(request)
    })
  const agent = { 'User-Agent': 'agent/1.0' }
  expect(await of({ ...agent, 'X-Forwarded-For': '10.0.0.1, 10.0.0.2' })).toBe(
    clientIdentifier('10.0.0.1', 'agent/1.0'),
  )
  expect(await of({ ...agent, 'X-Forwarded-For': '10.0.0.1' })).not.toBe(await of(agent))
})

it('hashes the texts themselves without a request', () => {
  expect(sessionIdentifier('127.0.0.1', null)).toMatch(/^1054fbeafe30/)
})
