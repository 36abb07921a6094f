import type { FileStorage } from 'bustapi'
import { jsonify, request } from 'bustapi'
import { camelCase } from '../names.ts'
import { plain } from '../python.ts'
import { andThen, mapInOrder } from '../sequence.ts'
import type { Step } from '../world.ts'
import type { Makers } from './compiler.ts'

const URL_ATTRIBUTES = [
  'base_url',
  'full_path',
  'host',
  'host_url',
  'is_secure',
  'method',
  'path',
  'query_string',
  'root_path',
  'root_url',
  'scheme',
  'script_root',
  'url',
  'url_root',
]

/** An attribute of the request by its Python name; bytes as text, as Python's `decode()`. */
function attribute(name: string): unknown {
  const value: unknown = Reflect.get(request, camelCase(name))
  if (value === undefined) throw new TypeError(`request has no ${camelCase(name)}`)
  return value instanceof Uint8Array ? Buffer.from(value).toString() : plain(value)
}

interface Multi {
  toDict(options: { flat: boolean }): Record<string, unknown>
}

const lists = (values: Multi): unknown => jsonify(values.toDict({ flat: false }))

/** `to_dict(flat)` of a part of the request. */
function dictStep(flat: boolean, part: () => Multi): Step {
  return () => jsonify(part().toDict({ flat }))
}

function fileInfo(file: FileStorage): unknown {
  return andThen(file.buffer(), (bytes) => ({
    filename: file.filename,
    content_type: file.contentType,
    mimetype: file.mimetype,
    size: bytes.length,
    text: bytes.toString(),
  }))
}

function echoFiles(): unknown {
  const { files } = request
  const names = [...files.keys()]
  const read = mapInOrder(names, (name) => mapInOrder([...files.getlist(name)], fileInfo))
  return andThen(read, (infos) =>
    jsonify({
      files: Object.fromEntries(names.map((name, at) => [name, infos[at]])),
      form: request.form.toDict({ flat: false }),
    }),
  )
}

function echoAuth(): unknown {
  const { authorization } = request
  if (!authorization) return jsonify(null)
  const { type, parameters, token } = authorization
  return jsonify({
    type,
    username: parameters.username ?? null,
    password: parameters.password ?? null,
    token: token ?? null,
  })
}

/** Parts of the request, given back as JSON. */
export const echo: Makers = {
  echo_args(): Step {
    return ({ args }) => jsonify(args)
  },

  echo_query(fields): Step {
    return dictStep(fields.flag('flat') ?? false, () => request.args)
  },

  echo_form(fields): Step {
    return dictStep(fields.flag('flat') ?? false, () => request.form)
  },

  echo_values(): Step {
    return () => lists(request.values)
  },

  echo_headers(fields): Step {
    const names = fields.texts('names') ?? []
    return () =>
      jsonify(Object.fromEntries(names.map((name) => [name, request.headers.get(name) ?? null])))
  },

  echo_cookies(): Step {
    return () => jsonify(request.cookies.toDict({ flat: true }))
  },

  echo_files(): Step {
    return echoFiles
  },

  echo_data(fields): Step {
    const asText = fields.flag('as_text') ?? false
    return () =>
      jsonify(
        asText
          ? request.getData({ asText: true })
          : Buffer.from(request.getData()).toString('base64'),
      )
  },

  echo_json(fields): Step {
    const attr = fields.flag('attr') ?? false
    const force = fields.flag('force') ?? false
    const silent = fields.flag('silent') ?? false
    return () =>
      jsonify({ got: (attr ? request.json : request.getJson({ force, silent })) ?? null })
  },

  echo_mimetype(): Step {
    return () =>
      jsonify({
        mimetype: request.mimetype,
        params: request.mimetypeParams,
        is_json: request.isJson,
        content_type: request.contentType ?? null,
        content_length: request.contentLength ?? null,
      })
  },

  echo_url(fields): Step {
    const names = fields.texts('attrs') ?? URL_ATTRIBUTES
    return () => jsonify(Object.fromEntries(names.map((name) => [name, attribute(name)])))
  },

  echo_rule(): Step {
    return () =>
      jsonify({
        rule: request.urlRule?.rule ?? null,
        endpoint: request.endpoint ?? null,
        view_args: request.viewArgs ?? null,
        blueprint: request.blueprint ?? null,
        blueprints: request.blueprints,
        // The recording leaves the rule's methods out.
        methods: null,
      })
  },

  echo_auth(): Step {
    return echoAuth
  },

  echo_accept(fields): Step {
    const choices = fields.texts('choices') ?? []
    const languages = fields.texts('languages') ?? []
    return () => {
      const { acceptMimetypes, acceptLanguages } = request
      return jsonify({
        best: acceptMimetypes.bestMatch(choices) ?? null,
        values: [...acceptMimetypes.values()],
        json: acceptMimetypes.acceptJson,
        html: acceptMimetypes.acceptHtml,
        lang: acceptLanguages.bestMatch(languages) ?? null,
      })
    }
  },

  echo_misc(): Step {
    return () =>
      jsonify({
        remote_addr: request.remoteAddr ?? null,
        access_route: [...request.accessRoute],
        user_agent: String(request.userAgent),
        referrer: request.referrer ?? null,
        range: request.range === null ? null : String(request.range),
        if_none_match: String(request.ifNoneMatch),
        cache_control: String(request.cacheControl),
        pragma: request.headers.get('Pragma') ?? null,
        content_encoding: request.contentEncoding ?? null,
        max_content_length: request.maxContentLength ?? null,
        // A WSGI notion that the recording leaves out as well.
        is_multithread: null,
      })
  },
}
