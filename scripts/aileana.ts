/** `npm run aileana -- <command>`: for people who run the service, or integrate with it. */
import process from 'node:process'
import { createAileana } from './aileana/program.ts'
import { runProgram } from './cli/program.ts'

process.exitCode = await runProgram(createAileana(), process.argv.slice(2))
