/** `npm run prove -- <command>`: the tests that take minutes. Most have a short form in `npm test`. */
import '../../scripts/loader/register.ts'
import process from 'node:process'
import { runProgram } from '../../scripts/cli/program.ts'
import { createProve } from './program.ts'

process.exitCode = await runProgram(createProve(), process.argv.slice(2))
