/** The tools, and how each one shows that it accepts the documents. */
import { join } from 'node:path'

export interface Workspace {
  /** Folder with the installed tools. */
  readonly folder: string
  readonly root: string
  /** Address of the running service. */
  readonly url: string
  readonly prismPort: number
}

export interface Command {
  readonly bin: string
  readonly args: readonly string[]
  /** Folder in which it runs, if not that of the tools. */
  readonly cwd?: string
}

export interface Tool {
  /** Package in `package.json`, whose version is printed. */
  readonly package: string
  readonly shows: string
  readonly steps: (workspace: Workspace) => readonly Command[]
  /** Runs beside the steps, until they have ended. */
  readonly background?: (workspace: Workspace) => Command
}

const documentOf = ({ root }: Workspace): string => join(root, 'docs/openapi.json')

/** Compiles generated code with strict TypeScript. */
const compile = (file: string): Command => ({
  bin: 'tsc',
  args: [
    '--noEmit',
    '--strict',
    '--skipLibCheck',
    '--target',
    'es2022',
    '--lib',
    'es2023,dom,dom.iterable',
    '--module',
    'esnext',
    '--moduleResolution',
    'bundler',
    '--types',
    'node',
    file,
  ],
})

const orval = (major: 7 | 8): Tool => ({
  package: `orval-${major}`,
  shows: 'its client compiles in strict TypeScript',
  steps: (workspace) => [
    {
      bin: 'node',
      args: [
        join(
          workspace.folder,
          `node_modules/orval-${major}/dist/bin/orval.${major === 7 ? 'js' : 'mjs'}`,
        ),
        '--input',
        documentOf(workspace),
        '--output',
        `./orval-${major}.ts`,
        '--client',
        'fetch',
      ],
    },
    compile(`orval-${major}.ts`),
  ],
})

/** The paid call of the Arazzo description. The address must be new to the service. */
const respect = ({ root }: Workspace, url: string): Command => ({
  bin: 'redocly',
  args: [
    'respect',
    join(root, 'docs/paid-call.arazzo.yaml'),
    '--server',
    `api=${url}`,
    '--input',
    `email=ada-${crypto.randomUUID()}@example.com,password=correct-horse-battery`,
  ],
})

export const TOOLS: readonly Tool[] = [
  {
    package: 'openapi-typescript',
    shows: 'its types compile in strict TypeScript',
    steps: (workspace) => [
      { bin: 'openapi-typescript', args: [documentOf(workspace), '--output', 'types.ts'] },
      compile('types.ts'),
    ],
  },
  {
    package: '@hey-api/openapi-ts',
    shows: 'its client compiles in strict TypeScript',
    steps: (workspace) => [
      { bin: 'openapi-ts', args: ['--input', documentOf(workspace), '--output', 'hey-api'] },
      compile('hey-api/sdk.gen.ts'),
    ],
  },
  orval(7),
  orval(8),
  {
    package: 'swagger-typescript-api',
    shows: 'its client compiles in strict TypeScript',
    steps: (workspace) => [
      {
        bin: 'swagger-typescript-api',
        args: ['generate', '--path', documentOf(workspace), '--name', 'swagger.ts'],
      },
      compile('swagger.ts'),
    ],
  },
  {
    package: '@redocly/cli',
    shows: 'the Arazzo description of a paid call runs against the service',
    steps: (workspace) => [respect(workspace, workspace.url)],
  },
  {
    package: '@stoplight/prism-cli',
    shows: 'the paid call has no violation of the document, through its proxy',
    background: (workspace) => ({
      bin: 'prism',
      args: [
        'proxy',
        documentOf(workspace),
        workspace.url,
        '--errors',
        '--port',
        String(workspace.prismPort),
        '--host',
        '127.0.0.1',
      ],
    }),
    steps: (workspace) => [respect(workspace, `http://127.0.0.1:${workspace.prismPort}`)],
  },
  {
    package: '@usebruno/cli',
    shows: 'the collection runs from top to bottom',
    steps: ({ root, url }) => [
      {
        bin: 'bru',
        args: ['run', '--env', 'local', '--env-var', `url=${url}`, '--bail'],
        cwd: join(root, 'docs/bruno'),
      },
    ],
  },
  {
    package: '@asyncapi/parser',
    shows: 'the description of the sockets is valid',
    steps: ({ root }) => [
      {
        bin: 'node',
        args: [
          join(root, 'test/verification/api-tools/parse-asyncapi.mjs'),
          join(root, 'docs/sockets.asyncapi.yaml'),
        ],
      },
    ],
  },
  {
    package: 'publint',
    shows: 'it finds nothing in the client package',
    // publint reads what is built; it runs no `prepack`.
    steps: ({ root }) => [
      { bin: 'node', args: ['../scripts/run.mjs', 'build/build.ts'], cwd: join(root, 'client') },
      { bin: 'publint', args: ['--strict', join(root, 'client')] },
    ],
  },
  {
    package: '@arethetypeswrong/cli',
    shows: "the client package's types resolve",
    steps: ({ root }) => [
      { bin: 'attw', args: ['--pack', join(root, 'client'), '--profile', 'esm-only'] },
    ],
  },
]
