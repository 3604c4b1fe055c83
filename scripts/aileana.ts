/** `npm run aileana -- <command>`: tools for operators and integrators. */
import process from 'node:process'
import { createAileana } from './aileana/program.ts'
import { runProgram } from './cli/program.ts'

process.exitCode = await runProgram(createAileana(), process.argv.slice(2))
