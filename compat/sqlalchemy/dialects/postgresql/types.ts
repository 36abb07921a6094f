import { parseDateTime } from '../../types/datetime-text.ts'

type Parse = (text: string) => unknown

/** The part of pg's type registry that is used. */
export interface PgTypes {
  getTypeParser(oid: number, format?: 'text' | 'binary'): Parse
}

const TEXT_ARRAY = 1009

// pg reads times without a zone as local ones; here they are UTC. An interval stays text.
const toDate: Parse = (text) => parseDateTime(text) ?? text
const asIs: Parse = (text) => text

const OWN: Readonly<Record<number, Parse>> = { 1082: toDate, 1114: toDate, 1186: asIs }
const OWN_ARRAYS: Readonly<Record<number, Parse>> = {
  1182: toDate,
  1115: toDate,
  1187: asIs,
  // numeric[]: exact, as numeric itself.
  1231: asIs,
}

/** pg's parsers with ours in front; a connection uses it without touching pg's global ones. */
export function typesOf(types: PgTypes): PgTypes {
  const arrays = types.getTypeParser(TEXT_ARRAY, 'text')
  const each = (parse: Parse): Parse => {
    const map = (value: unknown): unknown => {
      if (Array.isArray(value)) return value.map(map)
      return value === null ? null : parse(String(value))
    }
    return (text) => map(arrays(text))
  }
  const own = new Map<number, Parse>([
    ...Object.entries(OWN).map(([oid, parse]): [number, Parse] => [Number(oid), parse]),
    ...Object.entries(OWN_ARRAYS).map(([oid, parse]): [number, Parse] => [
      Number(oid),
      each(parse),
    ]),
  ])
  return {
    getTypeParser: (oid, format) =>
      (format !== 'binary' && own.get(oid)) || types.getTypeParser(oid, format),
  }
}
