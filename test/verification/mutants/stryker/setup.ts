/** A mutant is tested hundreds of times: a property has 30 cases, where it names no number. */
import fc from 'fast-check'

fc.configureGlobal({ numRuns: 30 })
