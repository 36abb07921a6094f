import { expect, it } from 'vitest'
import { eachDatabase } from './databases.ts'

eachDatabase((database) => {
  it('gives a fresh database each time, and removes it', async () => {
    const first = await database.create()
    const second = await database.create()
    await database.raw(first, 'CREATE TABLE note (id INTEGER PRIMARY KEY, title VARCHAR(20))')
    const mark = database.name === 'postgresql' ? ['$1', '$2'] : ['?', '?']
    await database.raw(first, `INSERT INTO note VALUES (${mark.join(', ')})`, [1, 'été 🎉'])
    expect(await database.raw(first, 'SELECT id, title FROM note')).toEqual([
      { id: 1, title: 'été 🎉' },
    ])
    await expect(database.raw(second, 'SELECT id FROM note')).rejects.toThrow()
    await database.drop(first)
    await database.drop(second)
  })
})
