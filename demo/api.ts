import { abort, Blueprint, g, request, urlFor } from 'bustapi'
import type { Board, Note, Person } from './board.ts'

/** The board as JSON. */
export function apiBlueprint(board: Board): Blueprint {
  const api = new Blueprint('api', import.meta.url)

  const shown = (note: Note): object => ({
    ...note,
    url: urlFor('pages.note', { id: note.id, _external: true }),
  })
  const found = (id: number): Note => board.note(id) ?? abort(404, 'There is no such note.')

  api.get('/notes', function list() {
    return board.notes().map(shown)
  })

  api.get('/notes/<int:id>', function show({ id }) {
    return shown(found(id))
  })

  api.post('/notes', function create() {
    const person = g.person as Person | null
    if (person === null) abort(401, 'Sign in to write notes.')
    const given = request.getJson() as { title?: unknown; body?: unknown } | null
    if (typeof given?.title !== 'string' || given.title.trim() === '') {
      abort(422, "The member 'title' must be a text that is not empty.")
    }
    const note = board.add({
      author: person.name,
      title: given.title.trim(),
      body: typeof given.body === 'string' ? given.body : '',
      picture: null,
    })
    return [shown(note), 201, new Map([['Location', urlFor('.show', { id: note.id })]])]
  })

  api.delete('/notes/<int:id>', function remove({ id }) {
    const person = g.person as Person | null
    if (person === null) abort(401, 'Sign in to delete notes.')
    if (found(id).author !== person.name) abort(403)
    board.remove(id)
    return ['', 204]
  })
  return api
}
