import { existsSync } from 'node:fs'
import { run } from './run.ts'

/** Something that tests use where it is there: a file that shows it, and Debian's packages for it. */
interface Service {
  readonly name: string
  readonly anyOf: readonly string[]
  readonly packages: readonly string[]
}

const SERVICES: readonly Service[] = [
  {
    name: 'Chromium',
    anyOf: ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'],
    packages: ['chromium'],
  },
  {
    name: 'Flask with Flask-Login and Flask-JWT-Extended',
    anyOf: ['/usr/lib/python3/dist-packages/flask_login'],
    packages: ['python3-flask', 'python3-flask-login', 'python3-python-flask-jwt-extended'],
  },
  {
    name: 'Redis',
    anyOf: ['/usr/bin/redis-server', '/usr/local/bin/redis-server'],
    packages: ['redis-server'],
  },
  {
    name: 'SQLAlchemy with Flask-SQLAlchemy and Alembic',
    anyOf: ['/usr/lib/python3/dist-packages/flask_sqlalchemy'],
    packages: ['python3-flask-sqlalchemy', 'python3-sqlalchemy', 'python3-alembic'],
  },
  {
    name: 'Python’s drivers for PostgreSQL and MariaDB',
    anyOf: ['/usr/lib/python3/dist-packages/psycopg2'],
    packages: ['python3-psycopg2', 'python3-pymysql'],
  },
  {
    name: 'PostgreSQL',
    anyOf: ['/usr/lib/postgresql', '/usr/bin/postgres', '/usr/local/bin/postgres'],
    packages: ['postgresql'],
  },
  {
    name: 'MariaDB',
    anyOf: ['/usr/sbin/mariadbd', '/usr/bin/mariadbd', '/usr/local/sbin/mariadbd'],
    packages: ['mariadb-server'],
  },
]

/** Whether this process may install Debian's packages. */
const mayInstall = (): boolean => process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')

/**
 * Installs from Debian's packages what is missing, where that is allowed. What cannot be had is named
 * in one line; the tests that need it say so as well, and are skipped.
 */
export async function setUp(): Promise<void> {
  const missing = SERVICES.filter(({ anyOf }) => !anyOf.some((path) => existsSync(path)))
  if (missing.length === 0) return
  const names = missing.map(({ name }) => name).join(', ')
  if (!mayInstall()) {
    console.log(`Not installed here, and no right to install it: ${names}`)
    return
  }
  const apt = (...args: string[]): Promise<{ code: number }> =>
    run('apt-get', ['-qq', '-y', ...args], {
      quiet: true,
      // In runlevel 1 Debian starts no service that it has just installed.
      env: { DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' },
    })
  await apt('update')
  for (const { name, packages } of missing) {
    const { code } = await apt('install', '--no-install-recommends', ...packages)
    console.log(code === 0 ? `Installed: ${name}` : `Could not be installed: ${name}`)
  }
}
