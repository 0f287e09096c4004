export { bearerChallenge } from './bearer-challenge.ts';
export {
  defineProblems,
  Problem,
  type ProblemBody,
  problemBody,
  problemSchema,
  problems,
} from './problem.ts';
