import { abort, Blueprint, g, request, urlFor } from 'bustapi'
import { db, findNote, Note, newestNotes, type Person } from './models.ts'

/** The board as JSON. */
export function apiBlueprint(): Blueprint {
  const api = new Blueprint('api', import.meta.url)

  const shown = async (note: Note): Promise<object> => ({
    id: note.id,
    author: (await note.author)?.name,
    title: note.title,
    body: note.body,
    picture: note.picture,
    createdAt: note.createdAt.getTime(),
    url: urlFor('pages.note', { id: note.id, _external: true }),
  })

  api.get('/notes', async function list() {
    return Promise.all((await newestNotes()).map(shown))
  })

  api.get('/notes/<int:id>', async function show({ id }) {
    return shown(await findNote(id))
  })

  api.post('/notes', async function create() {
    const person = g.person as Person | null
    if (person === null) abort(401, 'Sign in to write notes.')
    const given = request.getJson() as { title?: unknown; body?: unknown } | null
    if (typeof given?.title !== 'string' || given.title.trim() === '') {
      abort(422, "The member 'title' must be a text that is not empty.")
    }
    const note = new Note({
      author: person,
      title: given.title.trim(),
      body: typeof given.body === 'string' ? given.body : '',
    })
    db.session.add(note)
    await db.session.commit()
    return [await shown(note), 201, new Map([['Location', urlFor('.show', { id: note.id })]])]
  })

  api.delete('/notes/<int:id>', async function remove({ id }) {
    const person = g.person as Person | null
    if (person === null) abort(401, 'Sign in to delete notes.')
    const note = await findNote(id)
    if (note.author !== person) abort(403)
    await db.session.delete(note)
    await db.session.commit()
    return ['', 204]
  })
  return api
}
