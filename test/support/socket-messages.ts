/** Compares messages of rooms with docs/sockets.asyncapi.yaml. */
import { type Schema, Validator } from '@cfworker/json-schema'
import { parse } from 'yaml'
import text from '../../docs/sockets.asyncapi.yaml?raw'
import { document } from './documented'

interface Described {
  readonly channels: Record<string, { readonly messages: Record<string, object> }>
  readonly components: {
    readonly messages: Record<string, { readonly payload: Schema & { readonly schema?: Schema } }>
    readonly schemas: Record<string, Schema>
  }
}

const described = parse(text) as Described

/** A payload with the schemas of both documents, whose references are alike. */
function schemaOf(name: string): Schema {
  const payload = described.components.messages[name]?.payload
  if (!payload) throw new Error(`docs/sockets.asyncapi.yaml has no message ${name}.`)
  const schemas = { ...document.components.schemas, ...described.components.schemas }
  const schema: object = payload.schema ?? payload
  const local = JSON.stringify({ ...schema, components: { schemas } })
  return JSON.parse(local.replaceAll('./openapi.json#', '#')) as Schema
}

/** Messages of a room by their type. Three types share one message. */
const NAMES: Readonly<Record<string, string>> = {
  state: 'roomState',
  horizon_moved: 'roomState',
  low_credit: 'roomState',
  answer_failed: 'answerFailed',
}

const validators = new Map<string, Validator>()

function validatorOf(name: string): Validator {
  const validator = validators.get(name) ?? new Validator(schemaOf(name), '2020-12', false)
  validators.set(name, validator)
  return validator
}

/** @returns what is wrong with a message of a room */
export function violationsOf(message: { readonly type: string }): string[] {
  const { valid, errors } = validatorOf(NAMES[message.type] ?? message.type).validate(message)
  return valid
    ? []
    : errors.map(({ instanceLocation, error }) => `${message.type} ${instanceLocation}: ${error}`)
}
