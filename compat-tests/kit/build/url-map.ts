import type { BustAPI } from 'bustapi'
import { BaseConverter, ValidationError } from 'bustapi'
import { Fields } from '../fields.ts'
import type { Json } from '../json.ts'

type ConverterClass = BustAPI['urlMap']['converters'][string]

function listConverter(separator: string): ConverterClass {
  return class extends BaseConverter {
    override toPython(value: string): unknown {
      return value.split(separator)
    }
    override toUrl(value: unknown): string {
      return (value as unknown[]).map((item) => super.toUrl(item)).join(separator)
    }
  }
}

function regexConverter(regex: string): ConverterClass {
  return class extends BaseConverter {
    override readonly regex: string = regex
  }
}

function rejectConverter(values: ReadonlySet<string>): ConverterClass {
  return class extends BaseConverter {
    override toPython(value: string): unknown {
      if (values.has(value)) throw new ValidationError()
      return value
    }
  }
}

function upperConverter(): ConverterClass {
  return class extends BaseConverter {
    override toPython(value: string): unknown {
      return value.toUpperCase()
    }
    override toUrl(value: unknown): string {
      return super.toUrl(String(value).toLowerCase())
    }
  }
}

function regexArgumentConverter(): ConverterClass {
  return class extends BaseConverter {
    override readonly regex: string

    constructor(map: ConstructorParameters<typeof BaseConverter>[0], regex: string) {
      super(map)
      this.regex = regex
    }
  } as ConverterClass
}

function converter(source: Json, where: string): ConverterClass {
  const fields = new Fields(source, where)
  const kind = fields.text('kind') ?? fields.fail('no kind')
  const made = makeConverter(kind, fields)
  fields.done()
  return made
}

function makeConverter(kind: string, fields: Fields): ConverterClass {
  switch (kind) {
    case 'list':
      return listConverter(fields.text('sep') ?? ',')
    case 'regex':
      return regexConverter(fields.text('regex') ?? fields.fail('no regex'))
    case 'reject':
      return rejectConverter(new Set(fields.texts('values')))
    case 'upper':
      return upperConverter()
    case 'regex_arg':
      return regexArgumentConverter()
    default:
      return fields.fail(`unknown kind of converter ${kind}`)
  }
}

/** `url_map`: the map's two switches and the custom converters. */
export function buildUrlMap(app: BustAPI, fields: Fields | undefined): void {
  if (!fields) return
  const strict = fields.flag('strict_slashes')
  if (strict !== undefined) app.urlMap.strictSlashes = strict
  const merge = fields.flag('merge_slashes')
  if (merge !== undefined) app.urlMap.mergeSlashes = merge
  for (const [name, source] of fields.entries('converters')) {
    app.urlMap.converters[name] = converter(source, `url_map.converters.${name}`)
  }
  fields.done()
}
