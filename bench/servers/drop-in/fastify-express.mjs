// A router of Express 5 in Fastify, as @fastify/express documents it.
import fastifyExpress from '@fastify/express'
import express from 'express'
import Fastify from 'fastify'
import { listening, scenario } from '../serve.mjs'
import { makeApp } from './app.mjs'

const app = Fastify()
await app.register(fastifyExpress)
app.use(
  makeApp(
    Object.assign(() => express.Router(), express),
    scenario,
  ),
)
await app.listen({ host: '127.0.0.1', port: 0 })
listening(app.server)
