import { randomUUID } from 'node:crypto'
import { extname, join } from 'node:path'
import {
  abort,
  Blueprint,
  currentApp,
  flash,
  g,
  redirect,
  renderTemplate,
  request,
  secureFilename,
  sendFromDirectory,
  urlFor,
} from 'bustapi'
import { signedIn } from './auth.ts'
import { checkCsrf } from './csrf.ts'
import { db, findNote, Note, newestNotes, type Person } from './models.ts'

const PICTURES = new Set(['.png', '.jpg', '.jpeg', '.gif', '.webp'])

/** The pages of the board. */
export function pagesBlueprint(): Blueprint {
  const pages = new Blueprint('pages', import.meta.url)

  pages.get('/', async function index() {
    return renderTemplate('index.html', { notes: await newestNotes() })
  })

  pages.get('/notes/<int:id>', async function note({ id }) {
    return renderTemplate('note.html', { note: await findNote(id) })
  })

  pages.get(
    '/notes/new',
    signedIn(function newNote() {
      return renderTemplate('new.html')
    }),
  )

  pages.post(
    '/notes',
    signedIn(async function createNote() {
      checkCsrf()
      const title = request.form.getItem('title').trim()
      if (title === '') {
        flash('A note needs a title.', 'error')
        return [renderTemplate('new.html'), 422]
      }
      const note = new Note({
        author: g.person as Person,
        title,
        body: request.form.get('body', '') ?? '',
        picture: await savedPicture(),
      })
      db.session.add(note)
      await db.session.commit()
      return redirect(urlFor('.note', { id: note.id }), 303)
    }),
  )

  pages.post(
    '/notes/<int:id>/delete',
    signedIn(async function deleteNote({ id }: { id: number }) {
      checkCsrf()
      const note = await findNote(id)
      if (note.author !== g.person) abort(403)
      await db.session.delete(note)
      await db.session.commit()
      flash('The note is gone.')
      return redirect(urlFor('.index'), 303)
    }),
  )

  pages.get('/pictures/<path:name>', function picture({ name }) {
    return sendFromDirectory(String(currentApp.config.UPLOAD_FOLDER), name)
  })
  return pages
}

/** Keeps the uploaded picture under a name of our own, and returns that. */
async function savedPicture(): Promise<string | null> {
  const file = request.files.get('picture')
  const given = secureFilename(file?.filename ?? '')
  if (!file || given === '') return null
  const ending = extname(given).toLowerCase()
  if (!PICTURES.has(ending)) abort(415, 'A picture is a PNG, JPEG, GIF or WebP file.')
  const name = `${randomUUID()}${ending}`
  await file.save(join(String(currentApp.config.UPLOAD_FOLDER), name))
  return name
}
