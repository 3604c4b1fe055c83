/** Limits a property to 30 cases by default, because there are hundreds of mutants. */
import fc from 'fast-check'

fc.configureGlobal({ numRuns: 30 })
