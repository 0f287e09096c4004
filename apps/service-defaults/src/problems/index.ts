export {
  bearerChallenge,
  databaseProblems,
  defineProblems,
  Problem,
  type ProblemBody,
  type ProblemDefinition,
  problemBody,
  problemSchema,
  problems,
} from './problem.ts';
