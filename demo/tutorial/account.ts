import { Blueprint, flash, redirect, renderTemplate, request, urlFor } from 'bustapi'
import {
  confirmLogin,
  currentUser,
  freshLoginRequired,
  loginRequired,
  loginUser,
  logoutUser,
  nextUrl,
} from 'bustapi/login'
import { checkCsrf } from '../csrf.ts'
import { type People, Person } from './people.ts'

const both = { methods: ['GET', 'POST'] }

/** The pages: sign-up, sign-in, and what only somebody who signed in sees. */
export function accountBlueprint(people: People): Blueprint {
  const account = new Blueprint('account', import.meta.url)

  account.get('/', function index() {
    return renderTemplate('index.html')
  })

  account.route('/sign-up', both, function signUp() {
    if (request.method === 'GET') return renderTemplate('sign-up.html')
    checkCsrf()
    const name = request.form.getItem('name').trim()
    const password = request.form.getItem('password')
    if (name === '' || password.length < 8) {
      flash('Choose a name, and a password of 8 characters or more.', 'error')
    } else if (people.find(name) !== null) {
      flash('That name is taken.', 'error')
    } else {
      const person = new Person(name, password)
      people.add(person)
      loginUser(person)
      flash(`Welcome, ${name}.`)
      return redirect(urlFor('.index'), 303)
    }
    return [renderTemplate('sign-up.html'), 422]
  })

  account.route('/sign-in', both, function signIn() {
    if (request.method === 'GET') return renderTemplate('sign-in.html')
    checkCsrf()
    const { form } = request
    const person = people.check(form.getItem('name').trim(), form.getItem('password'))
    if (person === null) {
      flash('Name or password is wrong.', 'error')
      return [renderTemplate('sign-in.html'), 401]
    }
    loginUser(person, { remember: form.has('remember') })
    return redirect(nextUrl(urlFor('.index')), 303)
  })

  account.post(
    '/sign-out',
    loginRequired(function signOut() {
      checkCsrf()
      logoutUser()
      return redirect(urlFor('.index'), 303)
    }),
  )

  account.get(
    '/secret',
    loginRequired(function secret() {
      return renderTemplate('secret.html')
    }),
  )

  account.route(
    '/password',
    both,
    freshLoginRequired(function password() {
      if (request.method === 'GET') return renderTemplate('password.html')
      checkCsrf()
      const chosen = request.form.getItem('password')
      if (chosen.length < 8) {
        flash('A password has 8 characters or more.', 'error')
        return [renderTemplate('password.html'), 422]
      }
      currentUser.setPassword(chosen)
      flash('Your password is changed.')
      return redirect(urlFor('.index'), 303)
    }),
  )

  account.route(
    '/confirm',
    both,
    loginRequired(function confirm() {
      if (request.method === 'GET') return renderTemplate('confirm.html')
      checkCsrf()
      if (!currentUser.hasPassword(request.form.getItem('password'))) {
        flash('The password is wrong.', 'error')
        return [renderTemplate('confirm.html'), 401]
      }
      confirmLogin()
      return redirect(nextUrl(urlFor('.index')), 303)
    }),
  )
  return account
}
