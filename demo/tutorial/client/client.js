const { api } = document.body.dataset
const tokens = { access: '', refresh: '' }
const answer = document.querySelector('#answer')

/** Sends a request to the API, and shows what it says. */
async function call(method, path, { token, json } = {}) {
  answer.textContent = '…'
  try {
    const reply = await fetch(api + path, {
      method,
      headers: {
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
        ...(json !== undefined && { 'content-type': 'application/json' }),
      },
      body: json === undefined ? undefined : JSON.stringify(json),
    })
    const body = await reply.json()
    answer.textContent = `${reply.status} ${JSON.stringify(body)}`
    return body
  } catch (error) {
    // All that a page learns when the other origin does not let it in.
    answer.textContent = String(error)
    return {}
  }
}

document.querySelector('#sign-in').addEventListener('submit', async (event) => {
  event.preventDefault()
  const json = Object.fromEntries(new FormData(event.target))
  const given = await call('POST', '/token', { json })
  tokens.access = given.access_token ?? ''
  tokens.refresh = given.refresh_token ?? ''
})

const onClick = (id, run) => document.querySelector(id).addEventListener('click', run)

onClick('#me', () => call('GET', '/me', { token: tokens.access }))
onClick('#motto', () =>
  call('PUT', '/me', { token: tokens.access, json: { motto: 'Across origins' } }),
)
onClick('#refresh', async () => {
  const given = await call('POST', '/refresh', { token: tokens.refresh })
  tokens.access = given.access_token ?? tokens.access
})
onClick('#revoke', () => call('DELETE', '/token', { token: tokens.access }))
