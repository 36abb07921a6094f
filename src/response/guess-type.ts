import { lookup } from 'mime-types'

// Where Python's `mimetypes` (with Debian's table) and the mime database disagree.
const PYTHON_TYPES: ReadonlyMap<string, string> = new Map(
  Object.entries({
    '3g2': 'audio/3gpp2',
    '3gp': 'audio/3gpp',
    '3gpp': 'audio/3gpp',
    '3gpp2': 'audio/3gpp2',
    a: 'text/vnd.a',
    bat: 'application/x-msdos-program',
    c: 'text/x-csrc',
    cpp: 'text/x-c++src',
    csh: 'text/x-csh',
    diff: 'text/x-diff',
    dll: 'application/x-msdos-program',
    dot: 'text/vnd.graphviz',
    flac: 'audio/flac',
    h: 'text/x-chdr',
    h5: 'application/x-hdf5',
    hpp: 'text/x-c++hdr',
    java: 'text/x-java',
    ksh: 'text/plain',
    m3u: 'audio/mpegurl',
    m4v: 'video/mp4',
    man: 'application/x-troff-man',
    mpa: 'video/mpeg',
    o: 'application/x-object',
    p12: 'application/pkcs12',
    patch: 'text/x-diff',
    pfx: 'application/pkcs12',
    pl: 'text/x-perl',
    pot: 'text/plain',
    py: 'text/x-python',
    pyc: 'application/x-python-code',
    pyo: 'application/x-python-code',
    rb: 'application/x-ruby',
    rst: 'text/prs.fallenstein.rst',
    sh: 'text/x-sh',
    sqlite: 'application/vnd.sqlite3',
    srt: 'text/plain',
    swf: 'application/vnd.adobe.flash.movie',
    tcl: 'text/x-tcl',
    tex: 'text/x-tex',
    vcf: 'text/vcard',
    wav: 'audio/x-wav',
    xsl: 'application/xslt+xml',
    zst: 'application/zstd',
  }),
)

const SUFFIXES: ReadonlyMap<string, string> = new Map([
  ['.svgz', '.svg.gz'],
  ['.tgz', '.tar.gz'],
  ['.taz', '.tar.gz'],
  ['.tz', '.tar.gz'],
  ['.tbz2', '.tar.bz2'],
  ['.txz', '.tar.xz'],
])

const ENCODINGS: ReadonlyMap<string, string> = new Map([
  ['.gz', 'gzip'],
  ['.Z', 'compress'],
  ['.bz2', 'bzip2'],
  ['.xz', 'xz'],
  ['.br', 'br'],
])

/**
 * Media type and content coding that a file's name suggests (Python's `mimetypes.guess_type`):
 * `a.tar.gz` is a tar in gzip.
 */
export function guessType(name: string): [type: string | null, encoding: string | null] {
  let [base, extension] = splitExtension(name)
  const longer = SUFFIXES.get(extension.toLowerCase())
  if (longer !== undefined) [base, extension] = splitExtension(base + longer)
  const encoding = ENCODINGS.get(extension) ?? null
  if (encoding !== null) extension = splitExtension(base)[1]
  const bare = extension.slice(1).toLowerCase()
  const type = bare === '' ? null : (PYTHON_TYPES.get(bare) ?? (lookup(bare) || null))
  return [type, encoding]
}

// As in Python, dots that a name begins with belong to the name.
function splitExtension(name: string): [base: string, extension: string] {
  const start = name.lastIndexOf('/') + 1
  const dot = name.lastIndexOf('.')
  if (dot <= start || /^\.+$/.test(name.slice(start, dot))) return [name, '']
  return [name.slice(0, dot), name.slice(dot)]
}
