import { connect } from 'node:net'

/** Everything a server sends for these bytes until it closes, or until nothing came for `idle` ms. */
export function exchange(
  port: number,
  input: string | readonly string[],
  { idle = 250, pause = 30 }: { idle?: number; pause?: number } = {},
): Promise<{ output: string; closed: boolean }> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1')
    let output = ''
    let timer: NodeJS.Timeout | undefined
    const finish = (closed: boolean): void => {
      clearTimeout(timer)
      socket.destroy()
      resolve({ output, closed })
    }
    const wait = (): void => {
      clearTimeout(timer)
      timer = setTimeout(() => finish(false), idle)
    }
    socket.on('data', (chunk) => {
      output += chunk.toString('latin1')
      wait()
    })
    socket.on('close', () => finish(true))
    socket.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'ECONNRESET' && error.code !== 'EPIPE') reject(error)
    })
    socket.on('connect', async () => {
      wait()
      for (const part of typeof input === 'string' ? [input] : input) {
        if (socket.destroyed) return
        socket.write(Buffer.from(part, 'latin1'))
        wait()
        await new Promise((done) => setTimeout(done, pause))
      }
    })
  })
}

/** The status codes of the status lines in raw output, wherever they stand. */
export function statuses(output: string): number[] {
  return [...output.matchAll(/HTTP\/1\.[01] (\d{3})/g)].map((match) => Number(match[1]))
}
