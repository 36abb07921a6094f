/**
 * A class name as Flask-SQLAlchemy makes a table name of it: `HTTPRequest` → `http_request`.
 */
export function camelToSnakeCase(name: string): string {
  return name
    .replace(/(?<=[a-z0-9])[A-Z]|(?!^)[A-Z](?=[a-z])/g, '_$&')
    .toLowerCase()
    .replace(/^_+/, '')
}
