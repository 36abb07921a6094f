// One peer in a process of its own: node process.ts PEER BACKEND URI
import { OPERATIONS, type OperationName, type Outcome, runOnce, type Task } from './protocol.ts'
import type { Backend, DatabasePeer } from './shape.ts'

const [name, backend, uri] = process.argv.slice(2) as [string, Backend, string]
const { open } = (await import(`./peers/${name}.ts`)) as DatabasePeer
const peer = await open(backend, uri)

async function work({ operation, times }: Task): Promise<Outcome> {
  let answer: unknown
  const before = process.cpuUsage()
  for (let turn = 0; turn < times; turn++) answer = await runOnce(peer, operation, turn)
  const { user, system } = process.cpuUsage(before)
  return { cpu: (user + system) / times, answer }
}

process.on('message', async (task: Task) => {
  try {
    process.send?.(await work(task))
  } catch (error) {
    process.send?.({ error: (error as Error).stack })
  }
})
process.on('disconnect', () => void peer.close().finally(() => process.exit()))
const able = (Object.keys(OPERATIONS) as OperationName[]).filter((one) => peer[one] !== undefined)
process.send?.({ able })
