import { HTML_FILTERS } from './html.ts'
import { NUMBER_FILTERS } from './numbers.ts'
import { SELECT_FILTERS } from './select.ts'
import { SEQUENCE_FILTERS } from './sequences.ts'
import { STRING_FILTERS } from './strings.ts'
import type { Filter } from './support.ts'

/** All of Jinja's filters. */
export const FILTERS: Readonly<Record<string, Filter>> = {
  ...STRING_FILTERS,
  ...SEQUENCE_FILTERS,
  ...SELECT_FILTERS,
  ...NUMBER_FILTERS,
  ...HTML_FILTERS,
}
