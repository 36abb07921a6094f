// What the servers and the load agree on in the Express scenarios. JavaScript, for the servers: Node's compiler of
// types would take 20 MB of the memory that is measured.

/**
 * A file's content.
 *
 * @param {number} kilobytes
 */
export const fileText = (kilobytes) => 'abcdefgh'.repeat(kilobytes * 128)

/** 75 kB that a compressor has to work for. */
export const article = Array.from({ length: 12_500 }, (_, index) =>
  String((index * 7919) % 99_991).padStart(5, '0'),
).join(' ')

/** What a stream sends, piece by piece. */
export const pieces = Array.from({ length: 16 }, (_, index) => `${index % 10}`.repeat(4096))

/** The items of the rendered page. */
export const items = Array.from({ length: 20 }, (_, index) => `Item <${index}>`)

/** How many routes the large apps have. */
export const ROUTES = 1000
