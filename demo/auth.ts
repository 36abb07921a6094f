import {
  Blueprint,
  checkPasswordHash,
  flash,
  g,
  generatePasswordHash,
  redirect,
  renderTemplate,
  request,
  session,
  urlFor,
} from 'bustapi'
import { checkCsrf } from './csrf.ts'
import { db, findPerson, Person } from './models.ts'

/** Sends a visitor who has not signed in to the sign-in page. */
export function signedIn<A>(view: (args: A) => unknown): (args: A) => unknown {
  const guarded = (args: A): unknown => {
    if (g.person === null) {
      flash('Please sign in first.', 'error')
      return redirect(urlFor('auth.signIn'), 303)
    }
    return view(args)
  }
  return Object.defineProperty(guarded, 'name', { value: view.name })
}

/** Sign-up, sign-in and sign-out, kept in the session. */
export function authBlueprint(): Blueprint {
  const auth = new Blueprint('auth', import.meta.url)

  auth.route('/sign-up', { methods: ['GET', 'POST'] }, async function signUp() {
    if (request.method === 'GET') return renderTemplate('sign-up.html')
    checkCsrf()
    const name = request.form.getItem('name').trim()
    const password = request.form.getItem('password')
    if (name === '' || password.length < 8) {
      flash('Choose a name, and a password of 8 characters or more.', 'error')
    } else if ((await findPerson(name)) !== null) {
      flash('That name is taken.', 'error')
    } else {
      db.session.add(new Person({ name, passwordHash: generatePasswordHash(password) }))
      await db.session.commit()
      enter(name)
      return redirect(urlFor('pages.index'), 303)
    }
    return [renderTemplate('sign-up.html'), 422]
  })

  auth.route('/sign-in', { methods: ['GET', 'POST'] }, async function signIn() {
    if (request.method === 'GET') return renderTemplate('sign-in.html')
    checkCsrf()
    const person = await findPerson(request.form.getItem('name').trim())
    if (
      person !== null &&
      checkPasswordHash(person.passwordHash, request.form.getItem('password'))
    ) {
      enter(person.name)
      return redirect(urlFor('pages.index'), 303)
    }
    flash('Name or password is wrong.', 'error')
    return [renderTemplate('sign-in.html'), 401]
  })

  auth.post('/sign-out', function signOut() {
    checkCsrf()
    session.clear()
    return redirect(urlFor('pages.index'), 303)
  })
  return auth
}

/** A new session for whoever signs in: nothing that was in the old one is trusted. */
function enter(name: string): void {
  session.clear()
  session.set('person', name)
  flash(`Welcome, ${name}.`)
}
