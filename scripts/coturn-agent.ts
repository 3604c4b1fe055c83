/** `npm run coturn-agent`: issues and revokes the relay credentials of a coturn on this machine. */
import process from 'node:process'
import { runProgram } from './cli/program.ts'
import { createCoturnAgent } from './coturn-agent/program.ts'

process.exitCode = await runProgram(createCoturnAgent(), process.argv.slice(2))
