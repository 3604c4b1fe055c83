/** The long tests, with flags and help. A test's code is loaded when it runs. */
import { Argument, type Command, Option } from 'commander'
import { urlOption } from '../../scripts/aileana/service-url.ts'
import { createProgram } from '../../scripts/cli/program.ts'
import type { BenchOptions } from './bench/flags.ts'
import type { CrashOptions } from './crash/main.ts'
import type { HistoryOptions } from './linearizability/main.ts'
import type { MutantsOptions } from './mutants/run.ts'
import { AREAS, type AreaName } from './mutants/stryker/areas.ts'
import type { ScalingOptions } from './scaling/flags.ts'
import type { SimulationOptions } from './simulation/main.ts'
import type { StreamsOptions } from './streams/main.ts'
import { runTool, seedOption, wholeNumber } from './support/flags.ts'
import type { StreamRateOptions } from './stream-rate/main.ts'
import type { TextsOptions } from './texts/main.ts'

function addSimulation(program: Command): void {
  const seed = { min: 1, max: 2 ** 32 - 1 }
  const operations = { min: 1, max: 1_000_000_000, fallback: 50_000 }
  program
    .command('sim')
    .description('Play worlds of users and faults around the money code, and check each step')
    .addOption(wholeNumber('--seed <n>', 'seed of the random choices (default: a new one)', seed))
    .addOption(wholeNumber('--ops <n>', 'number of operations', operations))
    .action((options: SimulationOptions) =>
      runTool(async () => (await import('./simulation/main.ts')).main(options)),
    )
}

function addStreams(program: Command): void {
  const seed = { min: 1, max: 2 ** 32 - 1 }
  const events = { min: 1, max: 100_000_000, fallback: 20_000 }
  program
    .command('streams')
    .description('Play worlds of event streams, receivers and faults, and check each delivery')
    .addOption(wholeNumber('--seed <n>', 'seed of the random choices (default: a new one)', seed))
    .addOption(wholeNumber('--events <n>', 'number of committed events', events))
    .action((options: StreamsOptions) =>
      runTool(async () => (await import('./streams/main.ts')).main(options)),
    )
}

function addKill(program: Command): void {
  const clients = { min: 1, max: 64, fallback: 16 }
  program
    .command('kill')
    .description('Kill the service under load repeatedly; check that nothing is lost or doubled')
    .addOption(wholeNumber('--kills <n>', 'number of kills', { min: 1, max: 1000, fallback: 20 }))
    .addOption(wholeNumber('--clients <n>', 'clients at once', clients))
    .addOption(seedOption())
    .action((options: CrashOptions) =>
      runTool(async () => (await import('./crash/main.ts')).main(options)),
    )
}

function addHistories(program: Command): void {
  const operations = { min: 0, max: 1_000_000, fallback: 0 }
  const wallets = { min: 2, max: 200, fallback: 16 }
  program
    .command('histories')
    .description(
      'Let clients act for the same users at once; find one order that explains all responses',
    )
    .addOption(wholeNumber('--clients <n>', 'clients at once', { min: 1, max: 64, fallback: 8 }))
    .addOption(wholeNumber('--seconds <n>', 'seconds of load', { min: 1, max: 3600, fallback: 60 }))
    .addOption(wholeNumber('--operations <n>', 'least number of operations, or 0', operations))
    .addOption(wholeNumber('--wallets <n>', 'number of wallets', wallets))
    .addOption(seedOption())
    .action((options: HistoryOptions) =>
      runTool(async () => (await import('./linearizability/main.ts')).main(options)),
    )
}

function addMutants(program: Command): void {
  program
    .command('mutants')
    .description('Apply stored bugs to the money code; each must make a test fail')
    .option('--project <name>', 'only those that tests of this project detect')
    .option('--only <numbers>', 'only some of them, such as 07,12')
    .action((options: MutantsOptions) =>
      runTool(async () => (await import('./mutants/run.ts')).main(options)),
    )
}

function addStryker(program: Command): void {
  const names = Object.keys(AREAS)
  program
    .command('stryker')
    .description(
      'Change one expression of the pure cores at a time; print the share that tests detect',
    )
    .addArgument(new Argument('[areas...]', 'which of them').choices(names).default(names))
    .option(
      '--files <patterns...>',
      'with one area: only these files, or ranges such as file.ts:12-40',
    )
    .action((areas: AreaName[], { files }: { readonly files?: string[] }, command: Command) => {
      if (files && areas.length !== 1) command.error('error: --files is for one area')
      return runTool(async () => (await import('./mutants/stryker/main.ts')).main(areas, files))
    })
}

function addBench(program: Command): void {
  program
    .command('bench')
    .description('Load the production bundle and a minimal Worker by turns')
    .option('--short', 'some two minutes instead of ten')
    .addOption(new Option('--hot', 'load one wallet beside others').conflicts('soak'))
    .option('--soak', 'run a mixed load, and measure the memory')
    .addOption(
      new Option('--calls', 'only the time from the accept to the first packet of audio').conflicts(
        ['hot', 'soak'],
      ),
    )
    .option('--memory', 'keep storage in memory, not on disk')
    .addOption(
      wholeNumber('--requests <n>', 'requests of each measurement', { min: 16, max: 10_000 }),
    )
    .addOption(wholeNumber('--rounds <n>', 'measurements', { min: 1, max: 100 }))
    .addOption(wholeNumber('--minutes <n>', 'with --soak: minutes of load', { min: 1, max: 600 }))
    .action((options: BenchOptions, command: Command) => {
      if (options.minutes !== undefined && !options.soak)
        command.error('error: --minutes is for --soak')
      return runTool(async () => (await import('./bench/main.ts')).main(options))
    })
}

const SCALING = {
  wallets: ['number of wallets', { min: 1, max: 1_000_000, fallback: 100_000 }],
  'calls-per-second': ['calls that begin in a second', { min: 1, max: 10_000, fallback: 60 }],
  'ring-seconds': ['how long a call rings', { min: 1, max: 60, fallback: 8 }],
  'talk-seconds': ['how long a call lasts', { min: 1, max: 3600, fallback: 120 }],
  'answered-percent': ['share of answered calls', { min: 0, max: 100, fallback: 70 }],
  'delay-seconds': [
    'how long a change waits for its projection',
    { min: 0, max: 3600, fallback: 15 },
  ],
  'batch-us': ['assumed time of D1 for a batch', { min: 1, max: 10_000_000, fallback: 5000 }],
  'row-us': ['assumed time of D1 for a row', { min: 0, max: 1_000_000, fallback: 100 }],
  'outage-minutes': ["minutes of D1's outage", { min: 1, max: 60, fallback: 10 }],
  'measured-minutes': ['minutes of a measurement', { min: 1, max: 60, fallback: 4 }],
} as const

function addScaling(program: Command): void {
  const command = program
    .command('scaling')
    .description('Simulate the projection to D1 at half of a load, at it, and at twice as much')
  for (const [name, [description, bounds]] of Object.entries(SCALING))
    command.addOption(wholeNumber(`--${name} <n>`, description, bounds))
  command
    .addOption(seedOption())
    .action((options: ScalingOptions) =>
      runTool(async () => (await import('./scaling/main.ts')).main(options)),
    )
}

function addStreamRate(program: Command): void {
  const senders = { min: 1, max: 1000, fallback: 16 }
  program
    .command('stream-rate')
    .description('Measure at how many events a second one stream is full')
    .addOption(wholeNumber('--senders <n>', 'senders at once', senders))
    .addOption(
      wholeNumber('--seconds <n>', 'seconds of a measurement', { min: 1, max: 600, fallback: 3 }),
    )
    .addOption(wholeNumber('--rounds <n>', 'measurements', { min: 1, max: 100, fallback: 5 }))
    .option('--memory', 'keep storage in memory, not on disk')
    .action((options: StreamRateOptions) =>
      runTool(async () => (await import('./stream-rate/main.ts')).main(options)),
    )
}

function addTiming(program: Command): void {
  program
    .command('timing')
    .description(
      'Measure whether the time of a log-in or of a forgotten password reveals that an account exists',
    )
    .addOption(urlOption())
    .action(({ url }: { readonly url: string }) =>
      runTool(async () => (await import('./timing/main.ts')).main(url)),
    )
}

function addTexts(program: Command): void {
  program
    .command('texts')
    .description('Show that only texts and comments have changed since a commit')
    .argument('<commit>', 'the commit to compare with')
    .option('--show', 'print each changed text')
    .action((commit: string, options: TextsOptions) =>
      runTool(async () => (await import('./texts/main.ts')).main(commit, options)),
    )
}

function addApiTools(program: Command): void {
  program
    .command('api-tools')
    .description("Let generators, linters and clients of others read the API's documents")
    .action(() => runTool(async () => (await import('./api-tools/main.ts')).main()))
}

export function createProve(): Command {
  const program = createProgram('prove', 'The tests that take minutes.')
  for (const add of [
    addSimulation,
    addStreams,
    addKill,
    addHistories,
    addMutants,
    addStryker,
    addBench,
    addScaling,
    addStreamRate,
    addTiming,
    addTexts,
    addApiTools,
  ])
    add(program)
  return program.addHelpText('afterAll', '\nExit codes: 0 passed, 1 failed, 2 wrong usage.')
}
