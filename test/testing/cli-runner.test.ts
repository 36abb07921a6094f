import { Blueprint, BustAPI, currentApp } from 'bustapi'
import { describe, expect, it } from 'vitest'

function makeApp(): BustAPI {
  const app = new BustAPI('runner_test', { staticFolder: null })
  app.cli.command('greet', (name = 'World') => {
    console.log(`Hello, ${name}!`)
    console.error('to stderr')
  })
  app.cli.command('where', async () => {
    await null
    console.log(currentApp.name)
  })
  app.cli.command('fail', () => {
    throw new RangeError('broken')
  })
  app.cli.command('env', () => console.log(process.env.RUNNER_TEST))
  app.cli.group('db').command('init', () => process.stdout.write('made\n'))
  return app
}

describe('invoke', () => {
  const runner = makeApp().testCliRunner()

  it('runs a command with its arguments and keeps what it writes', async () => {
    expect(await runner.invoke(['greet', 'Ana'])).toEqual({
      exitCode: 0,
      stdout: 'Hello, Ana!\n',
      stderr: 'to stderr\n',
      output: 'Hello, Ana!\nto stderr\n',
      exception: null,
    })
    expect((await runner.invoke('greet')).stdout).toBe('Hello, World!\n')
  })

  it('runs it inside an app context, and waits for it', async () => {
    expect((await runner.invoke(['where'])).output).toBe('runner_test\n')
  })

  it('finds commands of groups', async () => {
    expect(await runner.invoke('db init')).toMatchObject({ exitCode: 0, output: 'made\n' })
    expect(await runner.invoke('db')).toMatchObject({ exitCode: 2 })
  })

  it('keeps what a command throws', async () => {
    const result = await runner.invoke(['fail'])
    expect(result.exitCode).toBe(1)
    expect(result.exception).toBeInstanceOf(RangeError)
    await expect(runner.invoke(['fail'], { catchExceptions: false })).rejects.toThrow('broken')
  })

  it('says that there is no such command', async () => {
    const result = await runner.invoke(['nothing'])
    expect(result).toMatchObject({ exitCode: 2, stderr: "Error: No such command 'nothing'.\n" })
  })

  it('sets environment variables only meanwhile', async () => {
    const result = await runner.invoke('env', { env: { RUNNER_TEST: 'set' } })
    expect(result.output).toBe('set\n')
    expect(process.env.RUNNER_TEST).toBeUndefined()
  })
})

it('finds the commands of blueprints under their name', async () => {
  const app = new BustAPI('runner_test', { staticFolder: null })
  const blueprint = new Blueprint('students', 'runner_test')
  blueprint.cli.command('create', () => console.log('created'))
  app.registerBlueprint(blueprint)
  expect((await app.testCliRunner().invoke('students create')).output).toBe('created\n')
})
