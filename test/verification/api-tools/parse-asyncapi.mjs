/** Prints what AsyncAPI's parser finds in a description. It runs in the folder of the installed tools. */
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { argv, cwd, exit } from 'node:process'

const { Parser, fromFile } = createRequire(join(cwd(), 'package.json'))('@asyncapi/parser')
const parser = new Parser()
const { document, diagnostics } = await fromFile(parser, argv[2]).parse()
const errors = diagnostics.filter(({ severity }) => severity === 0)
for (const { message, path } of errors) console.error(`${path.join('.')}: ${message}`)
exit(document && errors.length === 0 ? 0 : 1)
