import { describe, expect, it } from 'vitest'
import { publishedFields } from '../../scripts/manifest.ts'

describe('package.json follows from the table of entries', () => {
  const fields = publishedFields([
    { subpath: '.', source: 'src/index.ts' },
    { subpath: './express/register', source: 'compat/express/register.ts', sideEffects: true },
  ])

  it('with a file and a declaration for each way to load an entry', () => {
    expect(fields.exports).toEqual({
      '.': {
        import: { types: './dist/types/src/index.d.mts', default: './dist/index.mjs' },
        require: { types: './dist/types/src/index.d.cts', default: './dist/index.cjs' },
      },
      './express/register': {
        import: {
          types: './dist/types/compat/express/register.d.mts',
          default: './dist/express/register.mjs',
        },
        require: {
          types: './dist/types/compat/express/register.d.cts',
          default: './dist/express/register.cjs',
        },
      },
      './package.json': './package.json',
    })
  })

  it('with a place for TypeScript versions that know no exports', () => {
    expect(fields.typesVersions).toEqual({
      '*': { 'express/register': ['./dist/types/compat/express/register.d.cts'] },
    })
  })

  it('and keeps bundlers from dropping what is imported for its effect', () => {
    expect(fields.sideEffects).toEqual(['./dist/express/register.*'])
    expect(publishedFields([{ subpath: '.', source: 'src/index.ts' }]).sideEffects).toBe(false)
  })
})
